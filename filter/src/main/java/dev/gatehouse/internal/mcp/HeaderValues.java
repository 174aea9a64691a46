package dev.gatehouse.internal.mcp;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

/** Reads headers that every request is judged by, of which most have one value or none. */
final class HeaderValues {

  private HeaderValues() {}

  /** The values of a header, one for each of its lines; not to be modified. */
  static List<String> of(HttpServletRequest request, String name) {
    Enumeration<String> values = request.getHeaders(name);
    if (!values.hasMoreElements()) {
      return List.of();
    }
    String first = values.nextElement();
    if (!values.hasMoreElements()) {
      return List.of(first);
    }
    List<String> all = new ArrayList<>();
    all.add(first);
    while (values.hasMoreElements()) {
      all.add(values.nextElement());
    }
    return all;
  }
}
