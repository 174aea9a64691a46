package dev.gatehouse.authorizationserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Counts failed tries by address (RFC 7662 §4). Only failures are charged, so that a busy resource
 * server never pays for itself; and they are charged to the address, so that a stranger can't spend
 * what belongs to the client he claims to be.
 */
final class Strangers {
  private final RateLimit limit;

  Strangers(RateLimit limit) {
    this.limit = limit;
  }

  Optional<Duration> mustWait(String address) {
    return limit.check(key(address));
  }

  void hasFailed(String address) {
    limit.charge(key(address));
  }

  /** Whoever has one IPv6 address usually has 2^64 of them. */
  static String key(String address) {
    try {
      // The container's literal: it never leads to a look-up of a name.
      InetAddress parsed = InetAddress.getByName(address);
      return parsed instanceof Inet6Address
          ? Base64.getEncoder().encodeToString(Arrays.copyOf(parsed.getAddress(), 8))
          : parsed.getHostAddress();
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
