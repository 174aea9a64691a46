package dev.gatehouse;

import dev.gatehouse.internal.servlet.DeploymentDescriptor;
import dev.gatehouse.internal.servlet.DeploymentDescriptor.DeclaredFilter;
import dev.gatehouse.internal.servlet.MappingCheck;
import dev.gatehouse.internal.settings.Setting;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

/**
 * Keeps an application from starting if one of its filters has wrong mappings or, in a deployment
 * descriptor, wrong settings. The {@code web-fragment.xml} of this library registers the listener;
 * applications do not use it.
 *
 * <p>All containers stop an application whose listener throws, but not all stop one whose filter
 * does. The settings of filters that are registered in Java have been checked when they were built.
 */
public final class StartupCheck implements ServletContextListener {

  /**
   * The filters that allow unprotected paths and have not started. A registration does not tell its
   * instance, so while there are any, every filter registered in Java may be one. Each is checked
   * again when it starts.
   */
  private static final Set<McpAuthFilter> ALLOWING_UNPROTECTED_PATHS =
      Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

  /** Creates a listener. */
  public StartupCheck() {}

  /**
   * Checks all filters that are registered so far.
   *
   * @throws IllegalArgumentException naming each error and its cure
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    List<String> errors = new ArrayList<>();
    Set<String> declared =
        DeploymentDescriptor.of(context).filtersOf(McpAuthFilter.class).stream()
            .map(DeclaredFilter::name)
            .collect(Collectors.toSet());
    for (FilterRegistration filter : context.getFilterRegistrations().values()) {
      if (McpAuthFilter.class.getName().equals(filter.getClassName())) {
        check(context, filter, declared.contains(filter.getName()), errors);
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  private static void check(
      ServletContext context, FilterRegistration filter, boolean declared, List<String> errors) {
    try {
      Settings settings = declared ? settings(filter) : null;
      MappingCheck.of(context, filter.getName(), settings == null ? null : settings.evictionPath)
          .throwIfBypassable(
              settings == null
                  ? mayAllowUnprotectedPaths(filter)
                  : settings.allowsUnprotectedPaths);
    } catch (IllegalArgumentException e) {
      errors.add("filter " + filter.getName() + ": " + e.getMessage());
    }
  }

  private static boolean mayAllowUnprotectedPaths(FilterRegistration filter) {
    Setting setting = Setting.MAPPING_CHECK;
    return !ALLOWING_UNPROTECTED_PATHS.isEmpty()
        || filter.getInitParameter(setting.kebabName()) != null
        || System.getenv(setting.environmentName()) != null;
  }

  /** Called for a filter that is created with settings in Java. */
  static void expectUnprotectedPaths(McpAuthFilter filter) {
    ALLOWING_UNPROTECTED_PATHS.add(filter);
  }

  static void started(McpAuthFilter filter) {
    ALLOWING_UNPROTECTED_PATHS.remove(filter);
  }

  private static Settings settings(FilterRegistration filter) {
    SettingsBuilder builder = Settings.builder();
    filter.getInitParameters().forEach(builder::set);
    return builder.environment(System.getenv()).build();
  }
}
