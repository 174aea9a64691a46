package dev.gatehouse.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/**
 * What Spring's users write in front of an introspector, made as quick as such a thing can be: the
 * token itself is the key, one load per token at a time, and a bad token's exception is kept too.
 */
final class CachedIntrospector implements OpaqueTokenIntrospector {

  /** The principal, or the exception by which the introspector says that there is none. */
  private record Outcome(
      @Nullable OAuth2AuthenticatedPrincipal principal, @Nullable BadOpaqueTokenException bad) {}

  private final OpaqueTokenIntrospector delegate;
  private final Cache<String, Outcome> cache;

  CachedIntrospector(OpaqueTokenIntrospector delegate, long mostEntries, Duration timeToLive) {
    this.delegate = delegate;
    this.cache =
        Caffeine.newBuilder().maximumSize(mostEntries).expireAfterWrite(timeToLive).build();
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
    throw outcome.bad() == null ? new BadOpaqueTokenException("not active") : outcome.bad();
  }

  private Outcome load(String token) {
    try {
      return new Outcome(delegate.introspect(token), null);
    } catch (BadOpaqueTokenException e) {
      return new Outcome(null, e);
    }
  }
}
