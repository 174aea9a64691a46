package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Limits the bad tokens of one client address per minute, because each of them costs an
 * introspection request. This class is thread-safe.
 */
public final class BadTokenLimit {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Beyond this number, the address that was least used is evicted and starts anew. */
  private static final int MAX_GROUPS = 10_000;

  private final int perMinute;
  private final TimeMeter meter;
  private final Cache<String, Group> groups;

  /** The limits of one client address: bad tokens, and failures that are excused unseen. */
  private record Group(Bucket badTokens, Bucket failures) {}

  /**
   * Creates a limit.
   *
   * @param perMinute bad tokens per client address; zero for no limit
   */
  public BadTokenLimit(int perMinute, Ticker ticker) {
    this.perMinute = perMinute;
    this.meter = new TickerMeter(ticker);
    this.groups =
        Caffeine.newBuilder()
            .maximumSize(MAX_GROUPS)
            .expireAfterAccess(MINUTE) // a bucket is full again by then
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  boolean isOn() {
    return perMinute != 0;
  }

  /**
   * Charges for a token that may be bad.
   *
   * @param group as returned by {@link #groupOf}
   * @return how long to wait; empty if the token may be introspected
   */
  Optional<Duration> charge(String group) {
    ConsumptionProbe probe =
        groups.get(group, ignored -> newGroup()).badTokens().tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /** Refunds a charge: the token was not bad, or was not introspected. */
  void refund(String group) {
    Group charged = groups.getIfPresent(group);
    if (charged != null) {
      charged.badTokens().addTokens(1);
    }
  }

  /** Counts a failed introspection; whether there were more in a minute than bad tokens may be. */
  boolean hasManyFailures(String group) {
    Group charged = groups.getIfPresent(group);
    return charged != null && !charged.failures().tryConsume(1);
  }

  private Group newGroup() {
    return new Group(newBucket(), newBucket());
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, MINUTE))
        .withCustomTimePrecision(meter)
        .build();
  }

  /**
   * Groups addresses that are limited together: an IPv4 address alone, an IPv6 address with its
   * /64, which usually belongs to one customer.
   *
   * @param address a client address, with or without a port
   */
  static String groupOf(String address) {
    String bare = address.startsWith("[") ? address.substring(1) : address;
    int colons = (int) bare.chars().filter(c -> c == ':').count();
    if (colons < 2) {
      return colons == 1 ? bare.substring(0, bare.indexOf(':')) : bare; // without the port
    }
    return networkOf(bare);
  }

  private static String networkOf(String address) {
    int end = address.indexOf(']') >= 0 ? address.indexOf(']') : address.length();
    int zone = address.indexOf('%');
    String literal = address.substring(0, zone >= 0 && zone < end ? zone : end);
    try {
      byte[] bytes =
          InetAddress.getByName(literal).getAddress(); // a literal with colons: no DNS lookup
      return bytes.length == 16
          ? HexFormat.of().formatHex(bytes, 0, 8) + "::/64"
          : InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      return address; // not a valid literal: limited alone
    }
  }

  private record TickerMeter(Ticker ticker) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return ticker.read();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
