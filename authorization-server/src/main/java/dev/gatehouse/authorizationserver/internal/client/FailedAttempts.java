package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.authorizationserver.store.RateLimit;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Counts failed tries of clients (RFC 7662 §4). Only failures are charged, and they are charged to
 * the address: a stranger can't spend what belongs to the client he claims to be.
 *
 * <p>A client that has authenticated from an address before has a count of its own there. Behind
 * one proxy all have the same address, and one who fails must not shut the others out.
 */
public final class FailedAttempts {
  private static final int MAX_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofDays(1);

  private final RateLimit limit;
  private final Cache<String, Boolean> known =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterAccess(REMEMBERED).build();

  public FailedAttempts(RateLimit limit) {
    this.limit = limit;
  }

  public Optional<Duration> remainingWait(String address, String claimedId) {
    return limit.check(countedAs(address, claimedId));
  }

  public void recordFailure(String address, String claimedId) {
    limit.charge(countedAs(address, claimedId));
  }

  void recordSuccess(String address, String clientId) {
    known.put(pair(address, clientId), true);
  }

  private String countedAs(String address, String claimedId) {
    String pair = pair(address, claimedId);
    return known.getIfPresent(pair) == null ? networkOf(address) : pair;
  }

  private static String pair(String address, String clientId) {
    return networkOf(address) + "\n" + clientId;
  }

  /** Whoever has one IPv6 address usually has 2^64 of them. */
  public static String networkOf(String address) {
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
