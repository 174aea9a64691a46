package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** All meters as Prometheus fetches them: its own text format, or OpenMetrics where preferred. */
record Exposition(PrometheusMeterRegistry registry) {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  Content in(HttpServletRequest request) {
    String type = prefersOpenMetrics(request) ? OPEN_METRICS : TEXT;
    return new Content(type, registry.scrape(type).getBytes(UTF_8));
  }

  /** Whatever else is asked for, the text format is the answer: better than none. */
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
