package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** All meters in the Prometheus text format, or in OpenMetrics if the client prefers it. */
record Exposition(PrometheusMeterRegistry registry) {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  Content in(HttpServletRequest request) {
    String type = prefersOpenMetrics(request) ? OPEN_METRICS : TEXT;
    return new Content(type, registry.scrape(type).getBytes(UTF_8));
  }

  /** Clients that accept neither format get the text format instead of 406. */
  private static boolean prefersOpenMetrics(HttpServletRequest request) {
    var accepted = new QuotedQualityCSV();
    Collections.list(request.getHeaders("Accept")).forEach(accepted::addValue);
    for (String range : accepted.getValues()) {
      String type = range.replaceFirst(";.*", "").strip();
      if (type.equalsIgnoreCase("application/openmetrics-text")) {
        return true;
      }
      if (type.equalsIgnoreCase("text/plain") || type.equals("*/*")) {
        return false;
      }
    }
    return false;
  }
}
