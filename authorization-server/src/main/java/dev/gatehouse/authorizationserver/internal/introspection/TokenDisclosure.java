package dev.gatehouse.authorizationserver.internal.introspection;

import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.settings.ResourceIdentifiers;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenLookup;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what an introspection response discloses about a token (RFC 7662 §2.2, §4). */
public final class TokenDisclosure {
  private final TokenLookup tokens;
  private final Predicate<StoredToken> stillValid;
  private final IntrospectionResponses responses;
  private final InstantSource clock;

  public TokenDisclosure(
      TokenLookup tokens,
      Predicate<StoredToken> stillValid,
      IntrospectionResponses responses,
      InstantSource clock) {
    this.tokens = tokens;
    this.stillValid = stillValid;
    this.responses = responses;
    this.clock = clock;
  }

  HTTPResponse handle(OpaqueToken presented, RegisteredClient caller, @Nullable String accept) {
    Instant now = clock.instant();
    TokenIntrospectionSuccessResponse response =
        tokens
            .find(presented)
            .filter(token -> token.isActiveAt(now))
            .filter(token -> isShownTo(caller, token))
            // Last, because it may look up the client: all inactive results take the same time.
            .filter(stillValid)
            .map(responses::active)
            .orElseGet(IntrospectionResponses::inactive);
    return responses.write(response, caller, accept);
  }

  /** RFC 7662 §4: to other resource servers the token is inactive, like one that does not exist. */
  private static boolean isShownTo(RegisteredClient caller, StoredToken token) {
    return switch (token.kind()) {
      case ACCESS ->
          token.audience().stream()
              .anyMatch(
                  audience ->
                      ResourceIdentifiers.contains(caller.resources(), audience)
                          || ResourceIdentifiers.contains(caller.alsoIntrospects(), audience));
      case REFRESH -> caller.id().equals(token.clientId());
    };
  }
}
