package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.ErrorObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of a token request. */
sealed interface TokenAnswer {
  /** New tokens, stored already. */
  record Issued(OpaqueToken access, @Nullable OpaqueToken refresh, Set<String> scopes)
      implements TokenAnswer {
    public Issued {
      scopes = InOrder.copyOf(scopes);
    }
  }

  /** None, and why: the code of RFC 6749 §5.2 with a fixed text. */
  record Refused(ErrorObject error) implements TokenAnswer {}
}
