package dev.gatehouse.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Tells who a request comes from, for limits and logs, never for access: the connection's other end
 * or, behind proxies that are believed, what they say in {@code X-Forwarded-For}.
 */
public final class PeerAddresses {

  private static final String HEADER = "X-Forwarded-For";

  private final int proxies;

  /**
   * Makes it.
   *
   * @param proxies how many proxies, each of which adds the address that it was called from, stand
   *     in front; zero believes none
   */
  public PeerAddresses(int proxies) {
    this.proxies = proxies;
  }

  /**
   * The address of the peer. What is further to the left than the believed proxies have written,
   * anybody can have made up.
   */
  String of(HttpServletRequest request) {
    if (proxies == 0) {
      return request.getRemoteAddr();
    }
    List<String> written = new ArrayList<>();
    for (String line : Collections.list(request.getHeaders(HEADER))) {
      for (String address : line.split(",", -1)) {
        written.add(address.strip());
      }
    }
    int at = written.size() - proxies;
    // With fewer addresses than proxies the request has not come by all of them.
    return at < 0 || !isAddress(written.get(at)) ? request.getRemoteAddr() : written.get(at);
  }

  /** Characters of IPv4 and IPv6 addresses, with a port or without: fit for a line of the log. */
  private static boolean isAddress(String text) {
    return !text.isEmpty()
        && text.length() <= 64
        && text.chars().allMatch(c -> "0123456789abcdefABCDEF.:[]%".indexOf(c) >= 0);
  }
}
