package dev.gatehouse.demo;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Checks whether a request comes from the machine that the demo runs on, for pages that require no
 * token. In doubt, it does not.
 *
 * @param host the value of {@code --host} as written in URLs
 */
record LocalAccess(String host) {

  /** Whether the request comes from this machine, and not from elsewhere through a proxy on it. */
  boolean isLocal(HttpServletRequest request) {
    return request.getHeader("Forwarded") == null
        && request.getHeader("X-Forwarded-For") == null
        && isSameMachine(request.getRemoteAddr(), request.getLocalAddr())
        && isAllowedHost(request.getServerName());
  }

  /** Whether the client address is a loopback address or equals the address of the server. */
  static boolean isSameMachine(String client, String server) {
    try {
      return client.equals(server) || InetAddress.getByName(client).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Whether the host name of the request is an IP address, {@code localhost} or the value of {@code
   * --host}. With DNS rebinding, a website can make only its own name resolve to this machine.
   */
  boolean isAllowedHost(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.matches("[0-9.]+|.*:.*") || lower.equals("localhost") || lower.equals(host);
  }
}
