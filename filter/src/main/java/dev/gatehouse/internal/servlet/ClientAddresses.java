package dev.gatehouse.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Determines the client address of a request, for limits and logs, never for access decisions: the
 * remote address of the connection or, behind trusted proxies, an entry of {@code X-Forwarded-For}.
 */
public final class ClientAddresses {

  private static final String HEADER = "X-Forwarded-For";

  private final int proxies;

  /**
   * Creates it.
   *
   * @param proxies number of proxies in front that append the address of their peer; zero to ignore
   *     {@code X-Forwarded-For}
   */
  public ClientAddresses(int proxies) {
    this.proxies = proxies;
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
    return index < 0 || !isAddress(entries.get(index))
        ? request.getRemoteAddr()
        : entries.get(index);
  }

  /** Accepts the characters of IPv4 and IPv6 addresses, with or without a port: safe to log. */
  private static boolean isAddress(String text) {
    return !text.isEmpty()
        && text.length() <= 64
        && text.chars().allMatch(c -> "0123456789abcdefABCDEF.:[]%".indexOf(c) >= 0);
  }
}
