package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.internal.clientauth.ClientAuthentication;
import dev.gatehouse.internal.clientauth.ClientAuthentication.Authentication;
import dev.gatehouse.internal.clientauth.RequestAdditions;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.discovery.ExchangeFailure;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends introspection requests to one endpoint (RFC 7662 §2.1):
 *
 * <pre>
 * POST /oauth/introspect
 * Authorization: Basic …
 *
 * token=mF_9.B5f-4.1JqM&amp;token_type_hint=access_token
 * </pre>
 *
 * <p>Only this class translates Nimbus's types into ours. This class is thread-safe.
 */
final class IntrospectionClient implements TokenIntrospection {

  /** RFC 7009 §2.2.1; oidc-provider responds with it to anything that looks like a JWT. */
  private static final String UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type";

  /** oidc-provider responds to a long token with 400 {@code invalid_request}, others with 413. */
  private static final int LONG_TOKEN = 4 * 1024;

  /** The syntax of all registered codes (RFC 6749 §5.2 and its registry). */
  private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,64}");

  private final TrustedServer server;
  private final DiscoverableEndpoint endpoint;
  private final ClientAuthentication credentials;
  private final RequestAdditions additions;
  private final ResponseFormat format;
  private final BoundedHttpClient http;
  private final InstantSource clock;

  IntrospectionClient(
      TrustedServer server,
      DiscoverableEndpoint endpoint,
      ClientAuthentication credentials,
      RequestAdditions additions,
      ResponseFormat format,
      BoundedHttpClient http,
      InstantSource clock) {
    this.server = server;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.additions = additions;
    this.format = format;
    this.http = http;
    this.clock = clock;
  }

  @Override
  public String toString() {
    return server.name() + " (" + endpoint + ")";
  }

  @Override
  public VerificationResult introspect(BearerToken token, Deadline deadline) {
    Attempt<URI> attempt = endpoint.resolve(deadline);
    if (!(attempt instanceof Attempt.Succeeded<URI> found)) {
      return ((Attempt.Failed<URI>) attempt).cause();
    }
    try {
      return introspect(found.value(), token, deadline);
    } catch (IOException e) {
      return ExchangeFailure.toResult(e, found.value());
    }
  }

  @Override
  public void forgetFailures() {
    endpoint.forgetFailure();
    credentials.forgetFailure();
  }

  private VerificationResult introspect(URI uri, BearerToken token, Deadline deadline)
      throws IOException {
    Attempt<Authentication> attempt = credentials.authenticate(uri, deadline);
    if (!(attempt instanceof Attempt.Succeeded<Authentication> first)) {
      return ((Attempt.Failed<Authentication>) attempt).cause();
    }
    RequestAdditions.Current added = additions.current();
    HTTPResponse response = send(request(first.value(), uri, token, added), deadline);
    if (refusesCredentials(response, token)
        && mayRenew(first.value(), added)
        && credentials.authenticate(uri, deadline)
            instanceof Attempt.Succeeded<Authentication> second) {
      response = send(request(second.value(), uri, token, additions.current()), deadline);
    }
    return read(response, uri, token, deadline);
  }

  /** Checks both: an additional header or parameter may be a key that was replaced. */
  private boolean mayRenew(Authentication refused, RequestAdditions.Current added) {
    boolean renewed = credentials.renewAfter(refused);
    return additions.haveChangedSince(added) || renewed;
  }

  /** RFC 6749 §5.2: {@code invalid_client} may come as 400, too. */
  private static boolean refusesCredentials(HTTPResponse response, BearerToken token) {
    return response.getStatusCode() == 401
        || (response.getStatusCode() == 400
            && OAuth2Error.INVALID_CLIENT.getCode().equals(errorCode(response, token)));
  }

  private HTTPRequest request(
      Authentication authentication, URI uri, BearerToken token, RequestAdditions.Current added) {
    HTTPRequest request = authentication.introspect(uri, token, added.parameters()).toHTTPRequest();
    request.setAccept(format.mediaType());
    added.headers().forEach(request::setHeader);
    return request;
  }

  private HTTPResponse send(HTTPRequest request, Deadline deadline) throws IOException {
    return request.send(http.within(deadline));
  }

  private VerificationResult read(
      HTTPResponse response, URI uri, BearerToken token, Deadline deadline) {
    if (response.getStatusCode() != 200) {
      return failure(response, uri, token);
    }
    return format.read(response, token, deadline);
  }

  private VerificationResult failure(HTTPResponse response, URI uri, BearerToken token) {
    int status = response.getStatusCode();
    String error = errorCode(response, token);
    String detail =
        "response status " + status + (error == null ? "" : " " + error) + http.via(uri);
    if (isAboutTheToken(status, error, token)) {
      return new VerificationResult.Inactive(Reason.UNSUPPORTED_TOKEN, detail);
    }
    if (status == 404) {
      endpoint.invalidate();
    }
    Optional<Duration> pause = RetryAfter.of(response, clock.instant());
    if (status == 429 || (status == 503 && pause.isPresent())) {
      return new VerificationResult.Unavailable(
          Reason.AS_OVERLOADED,
          detail,
          pause.orElse(VerificationResult.Unavailable.RETRY_AFTER),
          status >= 500);
    }
    // RFC 7662 §2.3: our credentials were refused, which only an operator can solve.
    boolean credentialsRefused =
        status == 401
            || status == 403
            || OAuth2Error.INVALID_CLIENT.getCode().equals(error)
            || OAuth2Error.UNAUTHORIZED_CLIENT.getCode().equals(error);
    return new VerificationResult.Unavailable(
        credentialsRefused ? Reason.AS_CREDENTIALS : Reason.AS_ANSWER,
        detail,
        VerificationResult.Unavailable.RETRY_AFTER,
        status >= 500); // a proxy in front of a server that is down responds with 5xx
  }

  private static boolean isAboutTheToken(int status, @Nullable String error, BearerToken token) {
    if (status == 400) {
      return UNSUPPORTED_TOKEN_TYPE.equals(error)
          || (OAuth2Error.INVALID_REQUEST.getCode().equals(error)
              && token.value().length() > LONG_TOKEN);
    }
    return status == 413;
  }

  /** The {@code error} member if it has the syntax of a code and does not repeat the token. */
  private static @Nullable String errorCode(HTTPResponse response, BearerToken token) {
    try {
      String code = StrictJson.parse(response.getBody()).path("error").textValue();
      return code != null && ERROR_CODE.matcher(code).matches() && !code.contains(token.value())
          ? code
          : null;
    } catch (JsonProcessingException e) {
      return null; // HTML or an empty body: the status suffices
    }
  }
}
