package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates tokens for the flows. */
final class TokenFactory {
  private final Lifetimes lifetimes;
  private final AccessTokenFormat format;
  private final InstantSource clock;

  TokenFactory(Lifetimes lifetimes, AccessTokenFormat format, InstantSource clock) {
    this.lifetimes = lifetimes;
    this.format = format;
    this.clock = clock;
  }

  /** A new token: the value for the client and the data for the store. */
  record NewToken(OpaqueToken value, StoredToken meaning) {
    IssuedToken stored() {
      return new IssuedToken(value.hash(), meaning);
    }
  }

  /** The grant, the client and the user of a token, and how the user authenticated. */
  record Owner(
      String grantId,
      String clientId,
      @Nullable String subject,
      @Nullable String username,
      @Nullable UserAuthentication authentication) {

    /** A client that acts for itself: no user has authenticated. */
    static Owner client(String grantId, String clientId) {
      return new Owner(grantId, clientId, null, null, null);
    }

    static Owner of(StoredCode code) {
      return new Owner(
          code.grantId(), code.clientId(), code.subject(), code.username(), code.authentication());
    }

    /** What a refresh token passes on: refreshing is not authenticating. */
    static Owner of(StoredToken token) {
      return new Owner(
          token.grantId(),
          token.clientId(),
          token.subject(),
          token.username(),
          token.authentication());
    }
  }

  NewToken access(
      Owner owner, Set<String> scopes, Set<String> audience, @Nullable Confirmation confirmation) {
    StoredToken meaning =
        create(
            TokenKind.ACCESS,
            owner,
            now().plus(lifetimes.accessToken()),
            scopes,
            audience,
            confirmation);
    return new NewToken(format.value(meaning), meaning);
  }

  NewToken refresh(
      OpaqueToken value,
      Owner owner,
      Set<String> scopes,
      Set<String> audience,
      @Nullable Confirmation confirmation) {
    return new NewToken(
        value,
        create(
            TokenKind.REFRESH,
            owner,
            now().plus(lifetimes.refreshToken()),
            scopes,
            audience,
            confirmation));
  }

  private StoredToken create(
      TokenKind kind,
      Owner owner,
      Instant expiresAt,
      Set<String> scopes,
      Set<String> audience,
      @Nullable Confirmation confirmation) {
    return StoredToken.builder(kind, owner.clientId(), now(), expiresAt)
        .grantId(owner.grantId())
        .subject(owner.subject(), owner.username())
        .authentication(owner.authentication())
        .scopes(scopes)
        .audience(audience)
        .confirmation(confirmation)
        .build();
  }

  /** Whole seconds, so that {@code exp - iat} equals {@code expires_in}. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
