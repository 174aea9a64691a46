package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.Scope;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides the scopes of a request (RFC 6749 §3.3): those requested, or all that are allowed. */
public final class RequestedScopes {
  private RequestedScopes() {}

  public sealed interface Outcome permits Allowed, Refused {}

  public record Allowed(Set<String> scopes) implements Outcome {
    public Allowed {
      scopes = OrderedSets.copyOf(scopes);
    }
  }

  record Refused() implements Outcome {}

  public static Outcome of(@Nullable Scope asked, Set<String> allowed) {
    if (asked == null || asked.isEmpty()) {
      return new Allowed(allowed);
    }
    Set<String> names = OrderedSets.copyOf(asked.toStringList());
    return allowed.containsAll(names) ? new Allowed(names) : new Refused();
  }
}
