package dev.gatehouse.authorizationserver.internal.endpoint;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Determines the client address of a request, for rate limits: the remote address of the connection
 * or, behind trusted proxies, an entry of {@code X-Forwarded-For}. Counts proxies in the same way
 * as the filter's setting of the same name.
 */
public final class ClientAddresses {
  /** The init-param: how many proxies in front append the address of their peer. */
  public static final String DEPTH = "forwarded-for-depth";

  private static final String HEADER = "X-Forwarded-For";

  private final int proxies;

  private ClientAddresses(int proxies) {
    this.proxies = proxies;
  }

  /** Takes the address of the connection. */
  static ClientAddresses direct() {
    return new ClientAddresses(0);
  }

  /**
   * Reads the init-param {@value #DEPTH}; absent means 0, which ignores the header.
   *
   * @throws IllegalArgumentException when it is not a number of proxies
   */
  static ClientAddresses of(ServletConfig config) {
    String depth = config.getInitParameter(DEPTH);
    if (depth == null) {
      return direct();
    }
    if (!depth.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          DEPTH + ": '" + depth + "' is not a number of proxies; write 0 or more");
    }
    return new ClientAddresses(Integer.parseInt(depth));
  }

  /**
   * Returns the client address. Ignores entries to the left of those that the trusted proxies have
   * appended, because the client may have forged them.
   */
  String of(HttpServletRequest request) {
    if (proxies == 0) {
      return request.getRemoteAddr();
    }
    List<String> entries = new ArrayList<>();
    for (String line : Collections.list(request.getHeaders(HEADER))) {
      for (String address : line.split(",", -1)) {
        entries.add(address.strip());
      }
    }
    int index = entries.size() - proxies;
    // With fewer entries than proxies, the request has not passed all proxies.
    return index < 0 || AddressLiteral.parse(entries.get(index)).isEmpty()
        ? request.getRemoteAddr()
        : entries.get(index);
  }
}
