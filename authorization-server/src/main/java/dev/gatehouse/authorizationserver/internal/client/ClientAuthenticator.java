package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PlainClientSecret;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters;
import dev.gatehouse.authorizationserver.internal.endpoint.FormReader;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Authenticates the client of a request (RFC 6749 §2.3): by {@code client_secret_basic}, {@code
 * client_secret_post} or {@code private_key_jwt}, one of them per request; or, for a client
 * registered with {@code none}, by its {@code client_id} alone.
 */
public final class ClientAuthenticator {
  private static final ErrorObject REFUSED =
      new ErrorObject(OAuth2Error.INVALID_CLIENT_CODE, "Client authentication failed", 401);
  private static final ErrorObject TWO_METHODS =
      new ErrorObject(
          OAuth2Error.INVALID_REQUEST_CODE, "More than one client authentication method", 400);
  private static final ErrorObject TWO_CLIENTS =
      new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "More than one client", 400);

  /** Checked when the client is unknown, so that the response takes as long. */
  private static final RegisteredClient UNKNOWN =
      RegisteredClient.builder("unknown").secret(OpaqueToken.random().value()).build();

  private final ClientRegistry clients;
  private final AssertionVerifier assertions;
  private final FailedAttempts failedAttempts;

  public ClientAuthenticator(
      ClientRegistry clients, AssertionVerifier assertions, FailedAttempts failedAttempts) {
    this.clients = clients;
    this.assertions = assertions;
    this.failedAttempts = failedAttempts;
  }

  public sealed interface Outcome permits Authenticated, Refused, Throttled {}

  public record Authenticated(RegisteredClient client) implements Outcome {}

  public record Refused(ErrorObject error) implements Outcome {}

  public record Throttled(Duration remaining) implements Outcome {}

  public Outcome authenticate(HTTPRequest form) {
    Optional<ClientAuthentication> credentials = parse(form);
    Optional<Refused> contradiction =
        contradiction(form, credentials.map(presented -> presented.getClientID().getValue()));
    if (contradiction.isPresent()) {
      return contradiction.get();
    }
    String address = form.getClientIPAddress();
    String claimedId =
        credentials
            .map(presented -> presented.getClientID().getValue())
            .orElseGet(() -> field(form, "client_id").orElse(""));
    Optional<Duration> wait = failedAttempts.remainingWait(address, claimedId);
    if (wait.isPresent()) {
      return new Throttled(wait.get());
    }
    Optional<RegisteredClient> client =
        namesItselfAlone(form) ? byNameAlone(form) : credentials.flatMap(this::byCredentials);
    if (client.isEmpty()) {
      failedAttempts.recordFailure(address, claimedId);
      return new Refused(REFUSED);
    }
    failedAttempts.recordSuccess(address, claimedId);
    return new Authenticated(client.get());
  }

  /**
   * Refuses a request that has several authentication methods (RFC 6749 §2.3), or whose {@code
   * client_id} is not that of its credentials.
   *
   * @param id the client that the credentials name; empty when there are none
   * @return empty when the request is consistent
   */
  public static Optional<Refused> contradiction(HTTPRequest form, Optional<String> id) {
    if (usesTwoMethods(form)) {
      return Optional.of(new Refused(TWO_METHODS));
    }
    Optional<String> named = field(form, "client_id");
    return id.isPresent() && named.isPresent() && !named.equals(id)
        ? Optional.of(new Refused(TWO_CLIENTS))
        : Optional.empty();
  }

  private static boolean usesTwoMethods(HTTPRequest form) {
    Map<String, List<String>> parameters = FormReader.parameters(form);
    boolean byHeader = form.getAuthorization() != null;
    boolean bySecret = parameters.containsKey("client_secret");
    boolean byAssertion = parameters.containsKey("client_assertion");
    return (byHeader && bySecret) || (byHeader && byAssertion) || (bySecret && byAssertion);
  }

  private static boolean namesItselfAlone(HTTPRequest form) {
    Map<String, List<String>> parameters = FormReader.parameters(form);
    return form.getAuthorization() == null
        && !parameters.containsKey("client_secret")
        && !parameters.containsKey("client_assertion");
  }

  private Optional<RegisteredClient> byNameAlone(HTTPRequest form) {
    return field(form, "client_id")
        .flatMap(clients::find)
        .filter(client -> client.authMethods().contains("none"));
  }

  private static Optional<String> field(HTTPRequest form, String name) {
    return EncodedParameters.first(FormReader.parameters(form), name);
  }

  private Optional<RegisteredClient> byCredentials(ClientAuthentication presented) {
    Optional<RegisteredClient> client =
        clients
            .find(presented.getClientID().getValue())
            .filter(found -> found.authMethods().contains(presented.getMethod().getValue()));
    if (presented instanceof PlainClientSecret plain) {
      boolean matches = client.orElse(UNKNOWN).hasSecret(plain.getClientSecret().getValue());
      return client.filter(found -> matches);
    }
    if (presented instanceof PrivateKeyJWT assertion) {
      return client.filter(found -> assertions.verify(assertion, found));
    }
    return Optional.empty();
  }

  /** A malformed Authorization header is failed authentication: RFC 6749 §5.2 requires 401. */
  private static Optional<ClientAuthentication> parse(HTTPRequest form) {
    try {
      return UntrustedInput.parse(
          "client authentication", () -> Optional.ofNullable(ClientAuthentication.parse(form)));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
