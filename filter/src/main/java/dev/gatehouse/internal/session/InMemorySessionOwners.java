package dev.gatehouse.internal.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The session owners of one node, lost when it restarts. This class is thread-safe. */
public final class InMemorySessionOwners implements SessionOwners {

  /** About 30 MiB. Beyond it, sessions that are seldom used become unknown. */
  static final int MAX_SESSIONS = 100_000;

  /** One caller must not displace the sessions of others, however many it begins. */
  private static final int OWNERS_TO_FILL_IT = 10;

  private final int maxOfOneOwner;
  private final Cache<String, String> owners;

  /** By owner; the one that was not used for the longest time first. */
  private final ConcurrentMap<String, Set<String>> sessions = new ConcurrentHashMap<>();

  /**
   * Creates an empty store.
   *
   * @param idle how long a session stays bound without being used
   */
  public InMemorySessionOwners(Duration idle, Ticker ticker) {
    this(idle, ticker, MAX_SESSIONS);
  }

  /** Runs maintenance on calling threads: other threads would outlive the application. */
  InMemorySessionOwners(Duration idle, Ticker ticker, int maxSessions) {
    maxOfOneOwner = Math.max(1, maxSessions / OWNERS_TO_FILL_IT);
    owners =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(maxSessions)
            .expireAfterAccess(idle)
            .removalListener(
                (@Nullable String session, @Nullable String owner, RemovalCause cause) -> {
                  if (session != null && owner != null) {
                    forget(session, owner);
                  }
                })
            .build();
  }

  @Override
  public boolean bind(String session, String owner) {
    remember(session, owner); // first: the session may be removed as soon as it is bound
    String present = owners.asMap().putIfAbsent(session, owner);
    if (present != null && !present.equals(owner)) {
      forget(session, owner);
      return false;
    }
    dropSurplus(owner);
    return present == null || recordUse(session, owner);
  }

  @Override
  public boolean recordUse(String session, String owner) {
    // Another caller's attempt must not keep the session in use.
    String present = owners.policy().getIfPresentQuietly(session);
    if (!owner.equals(present) || !owner.equals(owners.getIfPresent(session))) {
      return false;
    }
    sessions.computeIfPresent(
        owner,
        (same, own) -> {
          if (own.remove(session)) {
            own.add(session); // as the latest
          }
          return own;
        });
    return true;
  }

  private void remember(String session, String owner) {
    sessions.compute(
        owner,
        (same, present) -> {
          Set<String> own = present == null ? new LinkedHashSet<>(4) : present;
          own.add(session);
          return own;
        });
  }

  private void forget(String session, String owner) {
    sessions.computeIfPresent(
        owner,
        (same, own) -> {
          own.remove(session);
          return own.isEmpty() ? null : own;
        });
  }

  private void dropSurplus(String owner) {
    List<String> surplus = new ArrayList<>();
    sessions.computeIfPresent(
        owner,
        (same, own) -> {
          Iterator<String> oldest = own.iterator();
          for (int excess = own.size() - maxOfOneOwner; excess > 0; excess--) {
            surplus.add(oldest.next());
            oldest.remove();
          }
          return own;
        });
    surplus.forEach(session -> remove(session, owner));
  }

  @Override
  public void remove(String session, String owner) {
    owners.asMap().remove(session, owner);
  }

  /** The approximate number of sessions. */
  long size() {
    owners.cleanUp();
    return owners.estimatedSize();
  }

  /** The number of callers that have sessions. */
  int owners() {
    return sessions.size();
  }
}
