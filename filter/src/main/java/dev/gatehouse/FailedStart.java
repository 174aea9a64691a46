package dev.gatehouse;

import dev.gatehouse.internal.refusal.ErrorResponse;
import dev.gatehouse.internal.refusal.RefusalWriter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens if the filter can't start: it is reported, and every request is refused with 503.
 */
final class FailedStart {

  private static final Logger log = LoggerFactory.getLogger(McpAuthFilter.class);

  /**
   * The containers that are known to stop an application when {@code Filter.init} throws. Payara
   * and GlassFish run the application without the filter.
   */
  private static final List<String> STOPPING_CONTAINERS = List.of("Apache Tomcat/", "jetty/");

  /** For clients; only a change of the settings ends the condition. */
  private static final String RETRY_AFTER_SECONDS = "60";

  private FailedStart() {}

  /**
   * Reports why the filter can't start: to a container that stops the application, by an exception,
   * which the container logs. Otherwise to the log and to the container's own log, because an
   * application without an SLF4J binding logs nothing.
   *
   * @param cause an {@link IllegalArgumentException} if a setting or mapping is wrong
   * @throws UnavailableException if the container stops the application then
   */
  static void report(FilterConfig config, Throwable cause) throws UnavailableException {
    ServletContext context = config.getServletContext();
    String reason = cause instanceof IllegalArgumentException ? cause.getMessage() : "" + cause;
    String container = String.valueOf(context.getServerInfo());
    if (STOPPING_CONTAINERS.stream().anyMatch(container::startsWith)) {
      UnavailableException stop = new UnavailableException(reason);
      stop.initCause(cause);
      throw stop;
    }
    String entry =
        "filter %s did not start, so it refuses every request with 503: %s"
            .formatted(config.getFilterName(), reason);
    if (cause instanceof IllegalArgumentException) {
      log.error(entry);
      context.log(entry);
    } else {
      log.error(entry, cause);
      context.log(entry, cause);
    }
  }

  /** Responds to a request while the filter is not running. */
  static void respond(HttpServletResponse response) throws IOException {
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    RefusalWriter.write(ErrorResponse.UNAVAILABLE, response);
  }
}
