package dev.gatehouse.authorizationserver.store.memory;

import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stores log-ins until the process ends. Thread-safe. */
public final class InMemorySessionStore implements SessionStore {
  private final Map<TokenHash, LoginSession> sessions = new ConcurrentHashMap<>();

  /** Creates an empty store. */
  public InMemorySessionStore() {}

  @Override
  public void save(TokenHash cookie, LoginSession session) {
    sessions.put(cookie, session);
  }

  @Override
  public Optional<LoginSession> find(OpaqueToken cookie) {
    return Optional.ofNullable(sessions.get(cookie.hash()));
  }

  @Override
  public void end(TokenHash cookie) {
    sessions.remove(cookie);
  }

  @Override
  public void sweep(Instant now) {
    sessions.values().removeIf(session -> !now.isBefore(session.expiresAt()));
  }
}
