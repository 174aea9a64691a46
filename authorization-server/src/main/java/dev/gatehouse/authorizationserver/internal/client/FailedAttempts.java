package dev.gatehouse.authorizationserver.internal.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.authorizationserver.internal.endpoint.AddressLiteral;
import dev.gatehouse.authorizationserver.store.RateLimit;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Limits failed client authentications (RFC 7662 §4). Failures are charged to the network address,
 * so an attacker cannot lock out the client whose id it uses.
 *
 * <p>A client that has authenticated from an address before is counted separately there: clients
 * behind one proxy share an address, and the failures of one must not lock out the others.
 */
public final class FailedAttempts {

  /** All callers whose address is unknown share it. */
  private static final String NO_ADDRESS = "no address";

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

  /**
   * The /64 network of an IPv6 address, since one host usually has the whole network. All that is
   * not an address, such as a host name that a proxy reports, counts as one.
   */
  public static String networkOf(String address) {
    return AddressLiteral.parse(address).map(FailedAttempts::networkOf).orElse(NO_ADDRESS);
  }

  static String networkOf(InetAddress address) {
    return prefixOf(address, 8);
  }

  /** The /48 network of an IPv6 address, since one site may have that many (RFC 6177 §2). */
  public static String siteOf(String address) {
    return AddressLiteral.parse(address).map(each -> prefixOf(each, 6)).orElse(NO_ADDRESS);
  }

  private static String prefixOf(InetAddress address, int ipv6Bytes) {
    return address instanceof Inet6Address
        ? Base64.getEncoder().encodeToString(Arrays.copyOf(address.getAddress(), ipv6Bytes))
        : address.getHostAddress();
  }
}
