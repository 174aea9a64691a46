package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.EnumSet;

/** The filter in front of the servlet. */
enum Variant {
  NO_FILTER("no filter"),
  /** A second server without a filter; its distance to the first is the noise. */
  NO_FILTER_AGAIN("no filter again"),
  GATEHOUSE("Gatehouse"),
  SPRING("Spring Security"),
  NAIVE("naive filter");

  private final String title;

  Variant(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  boolean introspects() {
    return this != NO_FILTER && this != NO_FILTER_AGAIN;
  }

  /** Registers the filter for the servlet with this name. */
  void register(ServletContext context, String servlet, int stubPort) {
    switch (this) {
      case NO_FILTER, NO_FILTER_AGAIN -> {}
      case GATEHOUSE -> McpAuthFilter.register(context, servlet, GatehouseSetup.settings(stubPort));
      case SPRING -> add(context, servlet, SpringSetup.chain(stubPort));
      case NAIVE -> add(context, servlet, new NaiveFilter(stubPort));
    }
  }

  private static void add(ServletContext context, String servlet, Filter filter) {
    var registration = context.addFilter("guard", filter);
    registration.setAsyncSupported(true);
    registration.addMappingForServletNames(EnumSet.of(DispatcherType.REQUEST), false, servlet);
  }
}
