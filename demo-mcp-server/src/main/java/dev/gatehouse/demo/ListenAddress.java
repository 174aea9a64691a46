package dev.gatehouse.demo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where the demo listens.
 *
 * @param host as URLs have it, an IPv6 address in brackets
 * @param address what is bound, looked up once: nothing can change between check and use
 * @param loopbackOnly whether the host means this very machine, whichever of its addresses is taken
 */
record ListenAddress(String host, InetAddress address, int port, boolean loopbackOnly) {

  private static final int HTTP_PORT = 80;

  /**
   * Looks the host up.
   *
   * @param port 0 for a free one
   * @throws IllegalArgumentException saying which option is wrong, and what to write instead
   */
  static ListenAddress of(String host, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "--port: "
              + port
              + " is not a port; write a number from 1 to 65535, or 0 for a free one");
    }
    String bare = unbracketed(host);
    InetAddress[] addresses = lookUp(bare);
    // IPv4 has short forms, "127.1", which clients write out before they compare addresses.
    String name = bare.matches("[0-9.]+") ? addresses[0].getHostAddress() : bare;
    return new ListenAddress(
        name.indexOf(':') < 0 ? name.toLowerCase(Locale.ROOT) : "[" + name + "]",
        addresses[0],
        port,
        Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static InetAddress[] lookUp(String host) {
    // The JDK takes an empty name for loopback, and a zone ("%eth0") has no place in a URL.
    if (!host.matches("[A-Za-z0-9.:_-]+")) {
      throw wrongHost(host);
    }
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw wrongHost(host);
    }
  }

  private static IllegalArgumentException wrongHost(String host) {
    return new IllegalArgumentException(
        "--host: '"
            + host
            + "' is no address of this machine; write one, for example 127.0.0.1 or localhost");
  }

  /** The same address with the port that the system has chosen. */
  ListenAddress withPort(int chosen) {
    return new ListenAddress(host, address, chosen, loopbackOnly);
  }

  /** The origin of all its URLs; clients leave out the default port, and so does it. */
  String origin() {
    return "http://" + host + (port == HTTP_PORT ? "" : ":" + port);
  }
}
