package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.Scope;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what scopes a request gets (RFC 6749 §3.3): what it asks for, or all that is allowed. */
final class RequestedScopes {
  private RequestedScopes() {}

  sealed interface Outcome permits Allowed, Refused {}

  record Allowed(Set<String> scopes) implements Outcome {
    Allowed {
      scopes = InOrder.copyOf(scopes);
    }
  }

  record Refused() implements Outcome {}

  static Outcome of(@Nullable Scope asked, Set<String> allowed) {
    if (asked == null || asked.isEmpty()) {
      return new Allowed(allowed);
    }
    Set<String> names = InOrder.copyOf(asked.toStringList());
    return allowed.containsAll(names) ? new Allowed(names) : new Refused();
  }
}
