package dev.gatehouse.demo;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Tells whether a request was made on the machine that the demo runs on, for pages that ask for no
 * token. When in doubt it was not.
 *
 * @param host what the demo was told to listen on, as URLs have it
 */
record ThisMachine(String host) {

  /** Whether it was; not when it says that it comes from elsewhere by way of a proxy here. */
  boolean made(HttpServletRequest request) {
    return request.getHeader("Forwarded") == null
        && request.getHeader("X-Forwarded-For") == null
        && isAtBothEnds(request.getRemoteAddr(), request.getLocalAddr())
        && isNamed(request.getServerName());
  }

  /** Whether the caller's address is loopback, or the very address that was called. */
  static boolean isAtBothEnds(String peer, String called) {
    try {
      return peer.equals(called) || InetAddress.getByName(peer).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Whether the caller's browser was led here by us: any site can have its own name lead to this
   * machine (DNS rebinding), but neither an address nor our name.
   */
  boolean isNamed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.matches("[0-9.]+|.*:.*") || lower.equals("localhost") || lower.equals(host);
  }
}
