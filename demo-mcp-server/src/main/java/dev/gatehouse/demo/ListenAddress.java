package dev.gatehouse.demo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The address on which the demo listens.
 *
 * @param host as written in URLs, with an IPv6 address in brackets
 * @param address the address to bind, resolved once so that it can't change between check and use
 * @param loopbackOnly whether every address that the host resolves to is a loopback address
 */
record ListenAddress(String host, InetAddress address, int port, boolean loopbackOnly) {

  private static final int HTTP_PORT = 80;

  /**
   * Resolves the host.
   *
   * @param port 0 selects a free port
   * @throws IllegalArgumentException if an option is invalid; names it and says what to write
   */
  static ListenAddress of(String host, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "--port: "
              + port
              + " is not a port; write a number from 1 to 65535, or 0 to select a free port");
    }
    String bare = unbracketed(host);
    InetAddress[] addresses = resolve(bare);
    // Clients expand short forms of IPv4 such as "127.1" before they compare addresses.
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

  private static InetAddress[] resolve(String host) {
    // The JDK resolves an empty name to loopback, and a URL can't contain a zone ("%eth0").
    if (!host.matches("[A-Za-z0-9.:_-]+")) {
      throw invalidHost(host);
    }
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw invalidHost(host);
    }
  }

  private static IllegalArgumentException invalidHost(String host) {
    return new IllegalArgumentException(
        "--host: '"
            + host
            + "' is not an address of this machine; write one, for example 127.0.0.1 or localhost");
  }

  /** This address with the port that the operating system has selected. */
  ListenAddress withPort(int chosen) {
    return new ListenAddress(host, address, chosen, loopbackOnly);
  }

  /** The origin of all URLs. Omits the default port, as clients do. */
  String origin() {
    return "http://" + host + (port == HTTP_PORT ? "" : ":" + port);
  }
}
