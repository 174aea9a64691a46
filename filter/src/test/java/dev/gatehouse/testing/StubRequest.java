package dev.gatehouse.testing;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A Servlet request with a method and headers; most other methods are unsupported. */
public final class StubRequest {

  private StubRequest() {}

  public static HttpServletRequest post(String... namesAndValues) {
    return of("POST", namesAndValues);
  }

  public static HttpServletRequest of(String method, String... namesAndValues) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            StubRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, called, arguments) ->
                switch (called.getName()) {
                  case "getMethod" -> method;
                  case "getHeaders" ->
                      Collections.enumeration(values(namesAndValues, (String) arguments[0]));
                  case "getHeader" ->
                      values(namesAndValues, (String) arguments[0]).stream()
                          .findFirst()
                          .orElse(null);
                  case "getQueryString", "getAttribute" -> null;
                  case "getRemoteAddr" -> "127.0.0.1";
                  default -> throw new UnsupportedOperationException(called.getName());
                });
  }

  private static List<String> values(String[] namesAndValues, String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equalsIgnoreCase(name)) {
        values.add(namesAndValues[i + 1]);
      }
    }
    return values;
  }
}
