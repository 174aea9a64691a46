package dev.gatehouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Asks one authorization server about one token (RFC 7662 §2.1):
 *
 * <pre>
 * POST /oauth/introspect
 * Authorization: Basic …
 *
 * token=mF_9.B5f-4.1JqM&amp;token_type_hint=access_token
 * </pre>
 *
 * <p>The one place where Nimbus's types are turned into ours. Safe for use by many threads.
 */
final class Introspector {

  /** RFC 7009 §2.2.1; oidc-provider answers it to whatever looks like a JWT. */
  private static final String UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type";

  /** oidc-provider answers 400 {@code invalid_request} to a token that is long; others 413. */
  private static final int LONG_TOKEN = 4 * 1024;

  private final EndpointDiscovery endpoint;
  private final ClientCredentials credentials;
  private final BoundedHttpClient http;

  Introspector(EndpointDiscovery endpoint, ClientCredentials credentials, BoundedHttpClient http) {
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.http = http;
  }

  /** Asks. Never throws for anything that the authorization server does. */
  Verdict introspect(BearerToken token) {
    EndpointDiscovery.Outcome discovered = endpoint.find();
    if (discovered instanceof EndpointDiscovery.Found found) {
      return ask(found.endpoint(), token);
    }
    return ((EndpointDiscovery.Missing) discovered).verdict();
  }

  private Verdict ask(URI uri, BearerToken token) {
    try {
      var request = credentials.introspectionRequest(uri, token).toHTTPRequest();
      request.setAccept("application/json");
      return read(request.send(http), token);
    } catch (OversizedAnswerException e) {
      return Verdict.Unavailable.because(Reason.AS_ANSWER, e.toString());
    } catch (IOException e) {
      return Verdict.Unavailable.because(
          BoundedHttpClient.isTimeout(e) ? Reason.AS_TIMEOUT : Reason.AS_UNREACHABLE,
          uri + ": " + e);
    }
  }

  private Verdict read(HTTPResponse response, BearerToken token) {
    int status = response.getStatusCode();
    if (status != 200) {
      return failure(response, token);
    }
    if (!BoundedHttpClient.isJson(response)) {
      return Verdict.Unavailable.because(Reason.AS_ANSWER, "its content type is not JSON");
    }
    try {
      return IntrospectionAnswerReader.read(response.getBody())
          .<Verdict>map(Verdict.Active::new)
          .orElseGet(() -> new Verdict.Inactive(Reason.INACTIVE, "the server says active=false"));
    } catch (UnusableAnswerException e) {
      return Verdict.Unavailable.because(Reason.AS_ANSWER, e.finding());
    }
  }

  private Verdict failure(HTTPResponse response, BearerToken token) {
    int status = response.getStatusCode();
    String error = errorCode(response);
    String detail = "it answered " + status + (error == null ? "" : " " + error);
    if (isAboutTheToken(status, error, token)) {
      return new Verdict.Inactive(Reason.UNSUPPORTED_TOKEN, detail);
    }
    if (status == 404) {
      endpoint.forget();
    }
    // RFC 7662 §2.3: these are about our credentials, an operator's problem and not the caller's.
    boolean credentialsRefused =
        status == 401
            || status == 403
            || OAuth2Error.INVALID_CLIENT.getCode().equals(error)
            || OAuth2Error.UNAUTHORIZED_CLIENT.getCode().equals(error);
    return Verdict.Unavailable.because(
        credentialsRefused ? Reason.AS_CREDENTIALS : Reason.AS_ANSWER, detail);
  }

  private static boolean isAboutTheToken(int status, @Nullable String error, BearerToken token) {
    if (status == 400) {
      return UNSUPPORTED_TOKEN_TYPE.equals(error)
          || (OAuth2Error.INVALID_REQUEST.getCode().equals(error)
              && token.value().length() > LONG_TOKEN);
    }
    return status == 413;
  }

  /** The {@code error} member, if it is one that is fit for a log (RFC 6749 §5.2). */
  private static @Nullable String errorCode(HTTPResponse response) {
    try {
      String code = StrictJson.parse(response.getBody()).path("error").textValue();
      return code != null && Scopes.isScopeToken(code) ? code : null;
    } catch (JsonProcessingException e) {
      return null; // HTML, or nothing: then the status has to do
    }
  }
}
