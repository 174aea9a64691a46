package dev.gatehouse.authorizationserver.internal.endpoint;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses literal IP addresses without a resolver: callers must not cause DNS queries. */
public final class AddressLiteral {
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

  /** Some proxies append the port. */
  private static final Pattern IPV4 =
      Pattern.compile("((?:" + BYTE + "\\.){3}" + BYTE + ")(?::\\d{1,5})?");

  /** With brackets, a port may follow; a zone names an interface of this machine. */
  private static final Pattern IPV6 =
      Pattern.compile(
          "\\[([0-9a-fA-F:.]{2,45})(?:%[^\\]]*)?\\](?::\\d{1,5})?|([0-9a-fA-F:.]{2,45})(?:%.*)?");

  private AddressLiteral() {}

  /**
   * Parses an address, with or without a port.
   *
   * @return empty for all else, such as a host name
   */
  public static Optional<InetAddress> parse(String text) {
    Matcher four = IPV4.matcher(text);
    if (four.matches()) {
      return literal(four.group(1));
    }
    Matcher six = IPV6.matcher(text);
    if (!six.matches()) {
      return Optional.empty();
    }
    String address = six.group(1) == null ? six.group(2) : six.group(1);
    // In brackets, the JDK takes nothing but an IPv6 address.
    return address.contains(":") ? literal("[" + address + "]") : Optional.empty();
  }

  private static Optional<InetAddress> literal(String address) {
    try {
      return Optional.of(InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
