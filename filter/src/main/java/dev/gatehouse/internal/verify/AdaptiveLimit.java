package dev.gatehouse.internal.verify;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many introspections may be under way, and which of them are cut short, so that an
 * authorization server that hangs never holds all threads of the container, whose number is not
 * known.
 *
 * <p>Normally up to the configured maximum are allowed. A <em>stall</em> begins when introspections
 * are under way and none has got a response for a second. The threads that are blocked then, and
 * those that come later, show how many the container has at least. From then on, half as many
 * introspections are allowed, and all but the oldest are cut short once they take far longer than
 * usual. The stall ends when none had to be cut short for some seconds; fast responses raise the
 * limit before.
 *
 * <p>This class is not thread-safe: the lock of its {@link Bulkhead} guards it. It never blocks.
 */
final class AdaptiveLimit {

  /** A healthy server may pause for half a second, for example to collect garbage. */
  static final Duration STALL = Duration.ofSeconds(1);

  /** An introspection is cut short at the earliest after this time. */
  static final Duration MIN_AGE = Duration.ofMillis(250);

  /** A stall ends when no introspection had to be cut short for this long. */
  static final Duration CALM = Duration.ofSeconds(3);

  /**
   * A thread that has not come for so long may be held by something else, such as an event stream.
   */
  static final Duration IN_USE = Duration.ofSeconds(2);

  /** How often introspections are checked while some may have to be cut short soon. */
  static final Duration CHECK = Duration.ofMillis(100);

  /** No more blocked threads than this are no stall; as many introspections are always allowed. */
  private static final int ALWAYS = 2;

  /** An introspection takes far longer than usual if it takes so many times the usual time. */
  private static final int FAR_LONGER = 10;

  /** One introspection under way. */
  static final class Exchange {

    private final boolean suspect;
    private final Runnable cutShort;
    private final long startedAt;

    /** The start, or the latest time at which it was cut short: it may use another endpoint. */
    private long since;

    private boolean cut;

    private Exchange(boolean suspect, Runnable cutShort, long now) {
      this.suspect = suspect;
      this.cutShort = cutShort;
      this.startedAt = now;
      this.since = now;
    }

    boolean isCut() {
      return cut;
    }
  }

  private final int max;
  private final InstantSource clock;

  /** The oldest first. */
  private final Set<Exchange> exchanges = new LinkedHashSet<>();

  /** Requests that wait for the introspection of another one, the oldest first. */
  private final Deque<CompletableFuture<Void>> followers = new ArrayDeque<>();

  /** Requests that wait until they may introspect. */
  private int waiting;

  /** When each thread has come last, by its id, during a stall. */
  private final Map<Long, Long> threads = new HashMap<>();

  private long latestResponse;

  /** Milliseconds; negative before the first response. */
  private double usual = -1;

  private boolean stalled;
  private int limit;

  /** The limit to which each cut leads back, during a stall. */
  private int reduced;

  private long latestCut;

  /** Is not cut short during a stall: its response may show that the server is only slow. */
  private @Nullable Exchange spared;

  AdaptiveLimit(int max, InstantSource clock) {
    this.max = max;
    this.limit = max;
    this.clock = clock;
  }

  /**
   * Begins an introspection, to be ended by {@link #end}.
   *
   * @param suspect whether the latest introspection of the token had to be cut short: only one such
   *     token at a time is introspected
   * @param cutShort ends the introspection soon; may be called repeatedly; must not block
   * @return empty if no other introspection may begin
   */
  Optional<Exchange> begin(boolean suspect, Runnable cutShort) {
    long now = clock.millis();
    endStallIfCalm(now);
    recordThread(now);
    if (exchanges.size() >= limit || (suspect && hasSuspect())) {
      return Optional.empty();
    }
    Exchange exchange = new Exchange(suspect, cutShort, now);
    exchanges.add(exchange);
    return Optional.of(exchange);
  }

  /**
   * An introspection has ended.
   *
   * @param responded whether the server sent any response
   */
  void end(Exchange exchange, boolean responded) {
    exchanges.remove(exchange);
    if (exchange == spared) {
      spared = null;
    }
    if (responded) {
      latestResponse = clock.millis();
      recordResponse(latestResponse - exchange.startedAt);
    }
  }

  private void recordResponse(long took) {
    usual = usual < 0 ? took : usual + (took - usual) / 4;
    if (stalled && took < MIN_AGE.toMillis()) {
      limit = Math.min(max, limit + 1);
    }
  }

  /**
   * Whether another request may wait until it may introspect. After {@code true}, {@link
   * #stopWaiting} must follow.
   */
  boolean mayWait() {
    if (stalled ? !hasRoomForWaiting() : waiting >= max) {
      return false;
    }
    waiting++;
    return true;
  }

  void stopWaiting() {
    waiting--;
  }

  /**
   * Lets a request wait for the introspection of another one for as long as that takes, until
   * {@link #unfollow}.
   *
   * @return is completed when the request must not wait any longer; empty if it must not wait so
   *     long
   */
  Optional<CompletableFuture<Void>> follow() {
    recordThread(clock.millis());
    if (stalled ? !hasRoomForWaiting() : followers.size() + exchanges.size() >= max) {
      return Optional.empty();
    }
    CompletableFuture<Void> sentAway = new CompletableFuture<>();
    followers.addLast(sentAway);
    return Optional.of(sentAway);
  }

  void unfollow(CompletableFuture<Void> sentAway) {
    followers.removeIf(each -> each == sentAway);
  }

  private void recordThread(long now) {
    if (stalled && threads.size() < 2 * max) { // more would change nothing
      threads.put(Thread.currentThread().getId(), now);
    }
  }

  /** Waiting holds threads, too: with half as many, a quarter of them remains. */
  private boolean hasRoomForWaiting() {
    return waiting + followers.size() < limit / 2;
  }

  private boolean hasSuspect() {
    return exchanges.stream().anyMatch(each -> each.suspect);
  }

  /** Whether introspections hang: waiting has little use. */
  boolean isStalled() {
    return stalled;
  }

  /** How many introspections may be under way now. */
  int limit() {
    return limit;
  }

  /**
   * Decides what must end now.
   *
   * @return ends introspections and the waits of other requests; to be run without the lock
   */
  List<Runnable> check() {
    long now = clock.millis();
    endStallIfCalm(now);
    if (!stalled && hasStalled(now)) {
      stalled = true;
      latestCut = now;
      reduced = Math.min(max, Math.max(ALWAYS, blockedThreads() / 2));
      limit = reduced;
    }
    List<Runnable> ends = new ArrayList<>();
    if (stalled) {
      raiseForMoreThreads(now);
      spareOne();
      sendFollowersAway(ends);
    }
    for (Exchange exchange : exchanges) {
      if ((stalled || exchange.suspect)
          && exchange != spared
          && now - exchange.since >= maxAge().toMillis()) {
        ends.add(cut(exchange, now));
      }
    }
    return ends;
  }

  /** The stall may have begun before many requests came. */
  private void raiseForMoreThreads(long now) {
    threads.values().removeIf(latest -> now - latest > IN_USE.toMillis());
    reduced = Math.min(max, Math.max(reduced, threads.size() / 2));
    limit = Math.max(limit, reduced);
  }

  private boolean hasStalled(long now) {
    return blockedThreads() - waiting > ALWAYS // who only waits for a permit soon gives up
        && !exchanges.isEmpty()
        && now - exchanges.iterator().next().since >= STALL.toMillis()
        && now - latestResponse >= STALL.toMillis();
  }

  private int blockedThreads() {
    return exchanges.size() + followers.size() + waiting;
  }

  private void spareOne() {
    if (spared == null) {
      spared =
          exchanges.stream().filter(each -> !each.cut && !each.suspect).findFirst().orElse(null);
    }
  }

  private void sendFollowersAway(List<Runnable> ends) {
    while (followers.size() > Math.max(1, limit / 2)) {
      CompletableFuture<Void> newest = followers.removeLast();
      ends.add(() -> newest.complete(null));
    }
  }

  private Runnable cut(Exchange exchange, long now) {
    exchange.cut = true;
    exchange.since = now;
    if (stalled) {
      latestCut = now;
      limit = Math.min(limit, reduced);
    }
    return exchange.cutShort;
  }

  private void endStallIfCalm(long now) {
    if (stalled && now - latestCut >= CALM.toMillis()) {
      stalled = false;
      limit = max;
      spared = null;
      threads.clear();
    }
  }

  /**
   * The age at which introspections are cut short: more than a second if all responses are slow.
   */
  Duration maxAge() {
    if (usual < 0) {
      return STALL;
    }
    double most = Math.max((double) STALL.toMillis(), 2 * usual);
    double age = Math.max((double) MIN_AGE.toMillis(), Math.min(FAR_LONGER * usual, most));
    return Duration.ofMillis((long) age);
  }

  /** When {@link #check} must be called next; empty if nothing is under way. */
  Optional<Duration> nextCheck() {
    if (exchanges.isEmpty()) {
      return Optional.empty();
    }
    if (stalled || hasSuspect()) {
      return Optional.of(CHECK);
    }
    long since = Math.max(latestResponse, exchanges.iterator().next().since);
    Duration untilStall = STALL.minusMillis(clock.millis() - since);
    return Optional.of(untilStall.compareTo(CHECK) > 0 ? untilStall : CHECK);
  }
}
