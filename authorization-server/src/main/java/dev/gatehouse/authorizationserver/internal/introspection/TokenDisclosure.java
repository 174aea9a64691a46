package dev.gatehouse.authorizationserver.internal.introspection;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenLookup;

import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what a resource server is told of a token (RFC 7662 §2.2, §4). */
public final class TokenDisclosure {
  private final TokenLookup tokens;
  private final Predicate<StoredToken> stillGood;
  private final IntrospectionResponses answers;
  private final InstantSource clock;

  public TokenDisclosure(
      TokenLookup tokens,
      Predicate<StoredToken> stillGood,
      IntrospectionResponses answers,
      InstantSource clock) {
    this.tokens = tokens;
    this.stillGood = stillGood;
    this.answers = answers;
    this.clock = clock;
  }

  HTTPResponse handle(OpaqueToken asked, RegisteredClient caller, @Nullable String accept) {
    Instant now = clock.instant();
    TokenIntrospectionSuccessResponse answer =
        tokens
            .find(asked)
            .filter(token -> token.isActiveAt(now))
            .filter(token -> isShownTo(caller, token))
            // Last, since it may cost a look-up of its own: what is told as inactive costs the
            // same.
            .filter(stillGood)
            .map(answers::active)
            .orElseGet(IntrospectionResponses::inactive);
    return answers.write(answer, caller, accept);
  }

  /** RFC 7662 §4: whoever a token is not for learns nothing of it, not even that it exists. */
  private static boolean isShownTo(RegisteredClient caller, StoredToken token) {
    return switch (token.kind()) {
      case ACCESS ->
          token.audience().stream()
              .anyMatch(
                  audience ->
                      caller.resources().contains(audience)
                          || caller.alsoShown().contains(audience));
      case REFRESH -> caller.id().equals(token.clientId());
    };
  }
}
