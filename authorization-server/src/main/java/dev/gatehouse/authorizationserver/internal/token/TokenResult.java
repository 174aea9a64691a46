package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.ErrorObject;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The result of a token request. */
sealed interface TokenResult {
  /** New tokens, already stored. */
  record Issued(
      OpaqueToken access,
      @Nullable OpaqueToken refresh,
      Set<String> scopes,
      @Nullable Confirmation confirmation)
      implements TokenResult {
    public Issued {
      scopes = OrderedSets.copyOf(scopes);
    }
  }

  /** The error (RFC 6749 §5.2), with a fixed text. */
  record Refused(ErrorObject error) implements TokenResult {}
}
