package dev.gatehouse.authorizationserver.internal.introspection;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.client.FailedAttempts;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenLookup;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/**
 * Authenticates the caller of an introspection request (RFC 7662 §2.1): by client credentials, or
 * by an access token that was issued to a client for introspection. The introspected token itself
 * is never accepted as the caller's.
 */
public final class IntrospectionCaller {
  private static final String BEARER = "bearer ";

  private final ClientAuthenticator authenticator;
  private final String issuer;
  private final TokenLookup tokens;
  private final ClientRegistry clients;
  private final FailedAttempts failedAttempts;
  private final InstantSource clock;

  public IntrospectionCaller(
      ClientAuthenticator authenticator,
      String issuer,
      TokenLookup tokens,
      ClientRegistry clients,
      FailedAttempts failedAttempts,
      InstantSource clock) {
    this.authenticator = authenticator;
    this.issuer = issuer;
    this.tokens = tokens;
    this.clients = clients;
    this.failedAttempts = failedAttempts;
    this.clock = clock;
  }

  ClientAuthenticator.Outcome identify(HTTPRequest form) {
    String authorization = form.getAuthorization();
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return authenticator.authenticate(form);
    }
    OpaqueToken credential = new OpaqueToken(authorization.substring(BEARER.length()).strip());
    return byBearer(form, credential);
  }

  private ClientAuthenticator.Outcome byBearer(HTTPRequest form, OpaqueToken credential) {
    Optional<StoredToken> meaning =
        tokens
            .find(credential)
            .filter(token -> token.kind() == TokenKind.ACCESS)
            .filter(token -> token.isActiveAt(clock.instant()))
            .filter(token -> token.audience().contains(issuer))
            // RFC 9449 §7.2, RFC 8705 §3: a bound token is no bearer token.
            .filter(token -> token.confirmation() == null);
    Optional<RegisteredClient> client = meaning.flatMap(token -> clients.find(token.clientId()));
    boolean asksAboutItself = IntrospectedToken.of(form).filter(credential::equals).isPresent();
    if (meaning.isEmpty() || client.isEmpty() || asksAboutItself) {
      Optional<Duration> wait = failedAttempts.remainingWait(form.getClientIPAddress(), "");
      if (wait.isPresent()) {
        return new ClientAuthenticator.Throttled(wait.get());
      }
      failedAttempts.recordFailure(form.getClientIPAddress(), "");
      return new ClientAuthenticator.Refused(BearerTokenError.INVALID_TOKEN);
    }
    Optional<ClientAuthenticator.Refused> contradiction =
        ClientAuthenticator.contradiction(form, client.map(RegisteredClient::id));
    if (contradiction.isPresent()) {
      return contradiction.get();
    }
    if (!meaning.get().scopes().contains(ScopeNames.INTROSPECT)) {
      return new ClientAuthenticator.Refused(BearerTokenError.INSUFFICIENT_SCOPE);
    }
    return new ClientAuthenticator.Authenticated(client.get());
  }
}
