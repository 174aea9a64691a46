package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.Scope;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the scopes of a request. RFC 6749 §3.3 lets the server ignore a part of them: clients
 * request {@code openid} and {@code offline_access} of every server.
 *
 * <p>A scope is known if the server lists it, if the client may use it, or if it is {@value
 * ScopeNames#INTROSPECT}. Unknown scopes are ignored. If no other is requested, a user may consent
 * to the default; a client that acts for itself gets nothing. Never grants more than what is
 * allowed.
 */
public final class RequestedScopes {
  private final Set<String> supported;

  public RequestedScopes(Set<String> supported) {
    this.supported = OrderedSets.copyOf(supported);
  }

  public sealed interface Outcome permits Allowed, Refused {}

  public record Allowed(Set<String> scopes) implements Outcome {
    public Allowed {
      scopes = OrderedSets.copyOf(scopes);
    }
  }

  record Refused() implements Outcome {}

  /**
   * Chooses among the client's scopes those that a user may consent to: those requested that the
   * client may use, or all of them by default. Refused if none remains, or one is malformed.
   */
  public Outcome choose(@Nullable Scope asked, RegisteredClient client) {
    return choose(asked, client, client.scopes());
  }

  /**
   * Chooses the scopes of a client that acts for itself. Without a user who sees what is granted,
   * only a request that names no scope at all gets the default.
   */
  Outcome chooseWithoutUser(@Nullable Scope asked, RegisteredClient client) {
    return choose(asked, client, Set.of());
  }

  private Outcome choose(
      @Nullable Scope asked, RegisteredClient client, Set<String> ifNoneIsKnown) {
    if (asked == null || asked.isEmpty()) {
      return new Allowed(client.scopes());
    }
    Set<String> chosen = known(asked, client.scopes(), ifNoneIsKnown);
    chosen.retainAll(client.scopes());
    return isMalformed(asked) || chosen.isEmpty() ? new Refused() : new Allowed(chosen);
  }

  /**
   * Narrows a grant. A known scope that was not granted is refused (RFC 6749 §6) instead of
   * ignored: the client would take the grant for wider than it is.
   */
  Outcome narrow(@Nullable Scope asked, Set<String> granted, RegisteredClient client) {
    if (asked == null || asked.isEmpty()) {
      return new Allowed(granted);
    }
    Set<String> own = new LinkedHashSet<>(granted);
    own.addAll(client.scopes());
    Set<String> chosen = known(asked, own, granted);
    return isMalformed(asked) || chosen.isEmpty() || !granted.containsAll(chosen)
        ? new Refused()
        : new Allowed(chosen);
  }

  /** A malformed scope is an error and not an unknown scope. */
  private static boolean isMalformed(Scope asked) {
    return !asked.toStringList().stream().allMatch(ScopeNames::isLegal);
  }

  /** The requested scopes that are known, or the default if there are none. */
  private Set<String> known(Scope asked, Set<String> own, Set<String> byDefault) {
    Set<String> known = new LinkedHashSet<>(asked.toStringList());
    known.removeIf(
        scope ->
            !supported.contains(scope)
                && !own.contains(scope)
                && !scope.equals(ScopeNames.INTROSPECT));
    return known.isEmpty() ? new LinkedHashSet<>(byDefault) : known;
  }
}
