package dev.gatehouse;

import dev.gatehouse.internal.servlet.DeploymentDescriptor;
import dev.gatehouse.internal.servlet.DeploymentDescriptor.DeclaredFilter;
import dev.gatehouse.internal.servlet.MappingCheck;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps an application from starting if a filter in its deployment descriptors has wrong settings
 * or mappings. The filter's {@code web-fragment.xml} registers this listener; applications do not
 * use it.
 *
 * <p>All containers stop an application whose listener throws, but not all stop one whose filter
 * does. Filters that are registered in Java are not checked here: their settings have been checked
 * when they were built.
 */
public final class StartupCheck implements ServletContextListener {

  /** Creates a listener. */
  public StartupCheck() {}

  /**
   * Checks all declared filters.
   *
   * @throws IllegalArgumentException naming each error and its cure
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    List<String> errors = new ArrayList<>();
    for (DeclaredFilter filter :
        DeploymentDescriptor.of(context).filtersOf(McpAuthFilter.class)) {
      FilterRegistration registration = context.getFilterRegistration(filter.name());
      if (registration != null) {
        check(context, registration, errors);
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  private static void check(
      ServletContext context, FilterRegistration filter, List<String> errors) {
    try {
      SettingsBuilder builder = Settings.builder();
      filter.getInitParameters().forEach(builder::set);
      Settings settings = builder.environment(System.getenv()).build();
      MappingCheck.of(context, filter.getName(), settings.evictionPath).throwIfBypassable();
    } catch (IllegalArgumentException e) {
      errors.add("filter " + filter.getName() + ": " + e.getMessage());
    }
  }
}
