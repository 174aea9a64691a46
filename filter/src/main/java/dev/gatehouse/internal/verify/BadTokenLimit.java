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
 * Limits how many tokens that turn out bad one peer may have asked about in a minute: each costs
 * the authorization server a question. Safe for use by many threads.
 */
public final class BadTokenLimit {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Beyond these, the one that has been quiet the longest begins anew. */
  private static final int MOST_PEERS = 10_000;

  private final int perMinute;
  private final TimeMeter meter;
  private final Cache<String, Bucket> peers;

  /**
   * Makes a limit.
   *
   * @param perMinute zero for no limit
   */
  public BadTokenLimit(int perMinute, Ticker ticker) {
    this.perMinute = perMinute;
    this.meter = new TickerMeter(ticker);
    this.peers =
        Caffeine.newBuilder()
            .maximumSize(MOST_PEERS)
            .expireAfterAccess(MINUTE) // by then a bucket is full again
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  boolean isOn() {
    return perMinute != 0;
  }

  /**
   * Charges a question about a token that may be bad.
   *
   * @param peer what is limited together
   * @return empty if it may be asked; else how long to wait
   */
  Optional<Duration> charge(String peer) {
    ConsumptionProbe probe =
        peers.get(peer, ignored -> newBucket()).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /** Takes a charge back: the token was not bad, or nobody was asked. */
  void refund(String peer) {
    Bucket bucket = peers.getIfPresent(peer);
    if (bucket != null) {
      bucket.addTokens(1);
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, MINUTE))
        .withCustomTimePrecision(meter)
        .build();
  }

  /**
   * What is limited together: an IPv4 address, or the /64 that one customer gets of IPv6.
   *
   * @param address a client address, with or without a port
   */
  static String limitedTogether(String address) {
    String bare = address.startsWith("[") ? address.substring(1) : address;
    int colons = (int) bare.chars().filter(c -> c == ':').count();
    if (colons < 2) {
      return colons == 1 ? bare.substring(0, bare.indexOf(':')) : bare; // without the port
    }
    return network(bare);
  }

  private static String network(String address) {
    int end = address.indexOf(']') >= 0 ? address.indexOf(']') : address.length();
    int zone = address.indexOf('%');
    String literal = address.substring(0, zone >= 0 && zone < end ? zone : end);
    try {
      byte[] bytes = InetAddress.getByName(literal).getAddress(); // with colons: never looked up
      return bytes.length == 16
          ? HexFormat.of().formatHex(bytes, 0, 8) + "::/64"
          : InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      return address; // limited alone
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
