package dev.gatehouse.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/**
 * A cache in front of Spring's introspector, as fast as its users could write it: the key is the
 * token itself, each token is loaded once at a time, and exceptions for inactive tokens are cached.
 */
final class CachedIntrospector implements OpaqueTokenIntrospector {

  /** The principal, or the exception for an inactive token. */
  private record Outcome(
      @Nullable OAuth2AuthenticatedPrincipal principal,
      @Nullable BadOpaqueTokenException inactive) {}

  private final OpaqueTokenIntrospector delegate;
  private final Cache<String, Outcome> cache;

  CachedIntrospector(OpaqueTokenIntrospector delegate, long maxEntries, Duration timeToLive) {
    this.delegate = delegate;
    this.cache = Caffeine.newBuilder().maximumSize(maxEntries).expireAfterWrite(timeToLive).build();
  }

  @Override
  public OAuth2AuthenticatedPrincipal introspect(String token) {
    Outcome outcome = cache.getIfPresent(token);
    if (outcome == null) {
      outcome = cache.get(token, this::load);
    }
    if (outcome.principal() != null) {
      return outcome.principal();
    }
    throw outcome.inactive() == null
        ? new BadOpaqueTokenException("not active")
        : outcome.inactive();
  }

  private Outcome load(String token) {
    try {
      return new Outcome(delegate.introspect(token), null);
    } catch (BadOpaqueTokenException e) {
      return new Outcome(null, e);
    }
  }
}
