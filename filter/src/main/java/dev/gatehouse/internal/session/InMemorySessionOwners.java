package dev.gatehouse.internal.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/** The session owners of one node, lost when it restarts. This class is thread-safe. */
public final class InMemorySessionOwners implements SessionOwners {

  /** About 20 MiB. Beyond it, sessions that are seldom used become unknown. */
  static final int MAX_SESSIONS = 100_000;

  private final Cache<String, String> owners;

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
    owners =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(maxSessions)
            .expireAfterAccess(idle)
            .build();
  }

  @Override
  public boolean bind(String session, String owner) {
    String present = owners.asMap().putIfAbsent(session, owner);
    return present == null || (present.equals(owner) && recordUse(session, owner));
  }

  @Override
  public boolean recordUse(String session, String owner) {
    // Another caller's attempt must not keep the session in use.
    String present = owners.policy().getIfPresentQuietly(session);
    return owner.equals(present) && owner.equals(owners.getIfPresent(session));
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
}
