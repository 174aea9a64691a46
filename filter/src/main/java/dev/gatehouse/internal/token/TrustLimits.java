package dev.gatehouse.internal.token;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an authorization server may grant here: a partner's server may be trusted for less than our
 * own.
 *
 * @param scopes the scopes that it may grant; null for any
 * @param clients the clients to which it may issue tokens, by {@code client_id}; null for any
 */
public record TrustLimits(@Nullable Set<String> scopes, @Nullable Set<String> clients) {

  /** No limits. */
  public static final TrustLimits NONE = new TrustLimits(null, null);

  public TrustLimits {
    scopes = scopes == null ? null : Set.copyOf(scopes);
    clients = clients == null ? null : Set.copyOf(clients);
  }

  /** Those of the granted scopes that the server may grant. */
  public Set<String> allowedOf(Set<String> granted) {
    Set<String> allowed = scopes;
    return allowed == null
        ? granted
        : granted.stream().filter(allowed::contains).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the server may issue tokens to this client; an unknown client is none of a list. */
  public boolean allowsClient(@Nullable String clientId) {
    return clients == null || (clientId != null && clients.contains(clientId));
  }
}
