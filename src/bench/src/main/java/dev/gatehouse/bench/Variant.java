package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.EnumSet;

/** What stands in front of the servlet. */
enum Variant {
  NO_FILTER("no filter"),
  /** The same once more: how far apart the two are is the noise. */
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

  boolean asks() {
    return this != NO_FILTER && this != NO_FILTER_AGAIN;
  }

  /** Puts it in front of a servlet of this name. */
  void guard(ServletContext context, String servlet, int stubPort) {
    switch (this) {
      case NO_FILTER, NO_FILTER_AGAIN -> {}
      case GATEHOUSE -> McpAuthFilter.register(context, servlet, GatehouseGuard.settings(stubPort));
      case SPRING -> add(context, servlet, SpringGuard.chain(stubPort));
      case NAIVE -> add(context, servlet, new NaiveFilter(stubPort));
    }
  }

  private static void add(ServletContext context, String servlet, Filter filter) {
    var registration = context.addFilter("guard", filter);
    registration.setAsyncSupported(true);
    registration.addMappingForServletNames(EnumSet.of(DispatcherType.REQUEST), false, servlet);
  }
}
