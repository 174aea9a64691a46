package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.DocumentAccess;
import java.net.Inet4Address;
import java.net.InetAddress;
import javax.net.ssl.SSLSocketFactory;

/**
 * Recognizes addresses of the public internet (all others are in the IANA special-purpose address
 * registries), so that callers cannot make this server probe its own network (SSRF).
 */
public final class PublicAddress {
  private PublicAddress() {}

  /** Fetches only from public addresses, with the platform's trust. */
  public static DocumentAccess access() {
    return new DocumentAccess(
        (SSLSocketFactory) SSLSocketFactory.getDefault(), PublicAddress::isPublic);
  }

  public static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
  }

  private static boolean isPublic4(byte[] bytes) {
    int first = bytes[0] & 0xFF;
    int second = bytes[1] & 0xFF;
    int third = bytes[2] & 0xFF;
    boolean shared = first == 100 && second >= 64 && second < 128;
    boolean protocolAssignments = first == 192 && second == 0 && (third == 0 || third == 2);
    boolean relay = first == 192 && second == 88 && third == 99;
    boolean benchmarks = first == 198 && (second == 18 || second == 19);
    boolean examples =
        (first == 198 && second == 51 && third == 100)
            || (first == 203 && second == 0 && third == 113);
    return first != 0
        && first < 224
        && !shared
        && !protocolAssignments
        && !relay
        && !benchmarks
        && !examples;
  }

  /** Global unicast, 2000::/3, without tunnels to IPv4 addresses and documentation prefixes. */
  private static boolean isPublic6(byte[] bytes) {
    int first = (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF);
    int second = (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
    boolean global = (first & 0xE000) == 0x2000;
    boolean teredoAndOthers = first == 0x2001 && second < 0x0200;
    boolean sixToFour = first == 0x2002;
    boolean examples =
        (first == 0x2001 && second == 0x0DB8) || (first == 0x3FFF && second < 0x1000);
    return global && !teredoAndOthers && !sixToFour && !examples;
  }
}
