package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PlainClientSecret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out which client is calling (RFC 6749 §2.3): by {@code client_secret_basic} or {@code
 * client_secret_post}, one of them per request.
 */
final class ClientAuthenticator {
  private static final ErrorObject REFUSED =
      new ErrorObject(OAuth2Error.INVALID_CLIENT_CODE, "Client authentication failed", 401);
  private static final ErrorObject TWO_METHODS =
      new ErrorObject(
          OAuth2Error.INVALID_REQUEST_CODE, "More than one way of client authentication", 400);

  /** Compared with when there is no such client, so that the answer takes as long. */
  private static final ClientSecretHash NOBODY =
      ClientSecretHash.of("nobody", OpaqueToken.random().value());

  private final ClientRegistry clients;

  ClientAuthenticator(ClientRegistry clients) {
    this.clients = clients;
  }

  sealed interface Outcome permits Authenticated, Refused {}

  record Authenticated(RegisteredClient client) implements Outcome {}

  record Refused(ErrorObject error) implements Outcome {}

  Outcome authenticate(HTTPRequest form) {
    Map<String, List<String>> parameters = FormReader.parameters(form);
    String authorization = form.getAuthorization();
    boolean byHeader = authorization != null;
    boolean bySecret = parameters.containsKey("client_secret");
    boolean byAssertion = parameters.containsKey("client_assertion");
    // RFC 6749 §2.3: one method per request
    if ((byHeader && bySecret) || (byHeader && byAssertion) || (bySecret && byAssertion)) {
      return new Refused(TWO_METHODS);
    }
    if (authorization != null && !authorization.toLowerCase(Locale.ROOT).startsWith("basic ")) {
      return new Refused(REFUSED);
    }
    return parse(form)
        .filter(PlainClientSecret.class::isInstance)
        .map(PlainClientSecret.class::cast)
        .<Outcome>flatMap(this::bySecret)
        .orElseGet(() -> new Refused(REFUSED));
  }

  private Optional<Authenticated> bySecret(PlainClientSecret presented) {
    String clientId = presented.getClientID().getValue();
    String secret = presented.getClientSecret().getValue();
    Optional<RegisteredClient> client =
        clients
            .find(clientId)
            .filter(c -> c.authMethods().contains(presented.getMethod().getValue()));
    ClientSecretHash expected = client.flatMap(RegisteredClient::secretHash).orElse(NOBODY);
    boolean matches = expected.matches(clientId, secret);
    return client.filter(c -> matches && c.secretHash().isPresent()).map(Authenticated::new);
  }

  /**
   * A header that can't be read is a failed try, not a malformed request: RFC 6749 §5.2 wants 401.
   */
  private static Optional<ClientAuthentication> parse(HTTPRequest form) {
    try {
      return Optional.ofNullable(ClientAuthentication.parse(form));
    } catch (ParseException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
