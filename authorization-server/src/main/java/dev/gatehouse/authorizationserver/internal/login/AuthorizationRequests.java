package dev.gatehouse.authorizationserver.internal.login;

import static dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters.first;
import static java.net.URLEncoder.encode;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.AuthorizationErrorResponse;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.OIDCError;
import dev.gatehouse.authorizationserver.internal.client.RedirectUris;
import dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.internal.settings.ServerIdentity;
import dev.gatehouse.authorizationserver.internal.token.RequestedResources;
import dev.gatehouse.authorizationserver.internal.token.RequestedScopes;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Validates authorization requests (RFC 6749 §4.1.1). Client and redirect URI come first: if either
 * is invalid, the user sees an error page and there is no redirect (RFC 6749 §4.1.2.1).
 */
public final class AuthorizationRequests {
  private static final ResponseType CODE = new ResponseType(ResponseType.Value.CODE);

  /**
   * What Nimbus validates; it knows many extensions, but RFC 6749 §3.1 ignores unsupported ones.
   */
  private static final Set<String> SUPPORTED =
      Set.of(
          "response_type",
          "response_mode",
          "client_id",
          "redirect_uri",
          "scope",
          "resource",
          "code_challenge",
          "code_challenge_method");

  private final String issuer;
  private final String acr;
  private final ClientRegistry clients;
  private final RequestedScopes scopes;
  private final RequestedResources resources;
  private final URI endpoint;

  public AuthorizationRequests(
      ServerIdentity identity, String acr, ClientRegistry clients, URI endpoint) {
    this.issuer = identity.issuer();
    this.acr = acr;
    this.clients = clients;
    this.scopes = new RequestedScopes(identity.scopesSupported());
    this.resources = new RequestedResources(identity.resources());
    this.endpoint = endpoint;
  }

  sealed interface Outcome permits Valid, ErrorRedirect, Untrusted {}

  /** A valid request: the user can be asked for consent. The state is the client's, unchanged. */
  record Valid(
      RegisteredClient client,
      URI redirectUri,
      @Nullable String state,
      Set<String> scopes,
      Set<String> audience,
      String codeChallenge,
      @Nullable String dpopKeyThumbprint,
      RequestedAuthentication authentication)
      implements Outcome {
    Valid {
      scopes = OrderedSets.copyOf(scopes);
      audience = OrderedSets.copyOf(audience);
    }
  }

  /**
   * An error that is sent to the client by redirect, immediately or after the user has followed a
   * link. Anyone can register a client, so immediate redirects would make this server an open
   * redirector (RFC 9700 §4.11.2), into applications on the user's device as well.
   */
  record ErrorRedirect(URI to, boolean immediate) implements Outcome {}

  /** An error that is shown to the user and not sent to the client. */
  record Untrusted(String why) implements Outcome {}

  Outcome check(String query) {
    if (!query.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      // The query is copied into a Location header, so other characters are refused.
      return new Untrusted("The request contains characters that are not allowed in a URL.");
    }
    EncodedParameters.Outcome read = EncodedParameters.read(query);
    if (read instanceof EncodedParameters.Undecodable) {
      return new Untrusted("The request contains a percent sign without two hexadecimal digits.");
    }
    if (!(read instanceof EncodedParameters.Values values)) {
      return new Untrusted("A parameter of the request is repeated.");
    }
    Map<String, List<String>> parameters = values.byName();
    Optional<RegisteredClient> client = first(parameters, "client_id").flatMap(clients::find);
    if (client.isEmpty()) {
      return new Untrusted("The application is not registered.");
    }
    Optional<URI> redirect = redirectUri(client.get(), first(parameters, "redirect_uri"));
    if (redirect.isEmpty()) {
      return new Untrusted("The redirect URI is not registered for this application.");
    }
    return check(query, parameters, client.get(), redirect.get());
  }

  /** RFC 6749 §3.1.2.3: the redirect URI may be omitted if exactly one is registered. */
  private static Optional<URI> redirectUri(RegisteredClient client, Optional<String> asked) {
    if (asked.isPresent()) {
      return RedirectUris.find(client, asked.get());
    }
    return client.redirectUris().size() == 1
        ? client.redirectUris().stream()
            .findFirst()
            .flatMap(only -> RedirectUris.find(client, only))
        : Optional.empty();
  }

  private Outcome check(
      String query,
      Map<String, List<String>> parameters,
      RegisteredClient client,
      URI redirectUri) {
    @Nullable String state = first(parameters, "state").orElse(null);
    // Refused before Nimbus parses them: request objects are not supported.
    if (parameters.containsKey("request")) {
      return back(client, redirectUri, state, OAuth2Error.REQUEST_NOT_SUPPORTED);
    }
    if (parameters.containsKey("request_uri")) {
      return back(client, redirectUri, state, OAuth2Error.REQUEST_URI_NOT_SUPPORTED);
    }
    AuthorizationRequest request;
    try {
      Map<String, List<String>> supported = new LinkedHashMap<>(parameters);
      supported.keySet().retainAll(SUPPORTED);
      request =
          UntrustedInput.parse(
              "authorization request", () -> AuthorizationRequest.parse(endpoint, supported));
    } catch (ParseException e) {
      return back(client, redirectUri, state, e.getErrorObject());
    }
    if (!CODE.equals(request.getResponseType())) {
      return back(client, redirectUri, state, OAuth2Error.UNSUPPORTED_RESPONSE_TYPE);
    }
    if (request.getResponseMode() != null
        && !ResponseMode.QUERY.equals(request.getResponseMode())) {
      return back(client, redirectUri, state, null);
    }
    if (!client.mayUse("authorization_code")) {
      return back(client, redirectUri, state, OAuth2Error.UNAUTHORIZED_CLIENT);
    }
    // OAuth 2.1 §4.1.1: requires PKCE; a missing method would mean "plain"
    if (request.getCodeChallenge() == null
        || !CodeChallengeMethod.S256.equals(request.getCodeChallengeMethod())
        || !request.getCodeChallenge().getValue().matches("[A-Za-z0-9_-]{43}")) {
      return back(client, redirectUri, state, null);
    }
    RequestedScopes.Outcome granted = scopes.choose(request.getScope(), client);
    if (!(granted instanceof RequestedScopes.Allowed allowed)) {
      return back(client, redirectUri, state, OAuth2Error.INVALID_SCOPE);
    }
    RequestedResources.Outcome audience = resources.choose(request.getResources());
    if (!(audience instanceof RequestedResources.Chosen chosen)) {
      return back(client, redirectUri, state, OAuth2Error.INVALID_TARGET);
    }
    Optional<RequestedAuthentication> authentication =
        RequestedAuthentication.read(query, parameters);
    if (authentication.isEmpty()) {
      return back(client, redirectUri, state, null);
    }
    // RFC 9449 §10; Nimbus would take any text for a thumbprint
    Optional<String> dpopKey = first(parameters, "dpop_jkt");
    if (!dpopKey.map(Confirmation::isThumbprint).orElse(true)) {
      return back(client, redirectUri, state, null);
    }
    if (!authentication.get().accepts(acr)) {
      // RFC 9470 §5 also allows a token of another class, which the resource server would refuse.
      return back(client, redirectUri, state, OIDCError.UNMET_AUTHENTICATION_REQUIREMENTS);
    }
    return new Valid(
        client,
        redirectUri,
        state,
        allowed.scopes(),
        chosen.resources(),
        request.getCodeChallenge().getValue(),
        dpopKey.orElse(null),
        authentication.get());
  }

  /**
   * The response to {@code prompt=none}: consent is always required (OpenID Connect Core §3.1.2.6).
   */
  ErrorRedirect pageRequired(Valid request, boolean loggedIn) {
    return back(
        request.client(),
        request.redirectUri(),
        request.state(),
        loggedIn ? OIDCError.CONSENT_REQUIRED : OIDCError.LOGIN_REQUIRED);
  }

  /** At once, because the user has just clicked on a page that shows where this leads. */
  ErrorRedirect denied(Valid request) {
    return new ErrorRedirect(
        errorAt(request.redirectUri(), request.state(), OAuth2Error.ACCESS_DENIED_CODE), true);
  }

  private ErrorRedirect back(
      RegisteredClient client,
      URI redirectUri,
      @Nullable String state,
      @Nullable ErrorObject error) {
    String code = error == null ? OAuth2Error.INVALID_REQUEST_CODE : error.getCode();
    return new ErrorRedirect(errorAt(redirectUri, state, code), !client.selfRegistered());
  }

  private URI errorAt(URI redirectUri, @Nullable String state, String code) {
    // RFC 9207 §2: error responses contain the issuer too
    return withState(
        new AuthorizationErrorResponse(
                redirectUri, new ErrorObject(code), null, new Issuer(issuer), ResponseMode.QUERY)
            .toURI(),
        state);
  }

  /** RFC 6749 §4.1.2: the exact value received from the client, which Nimbus would trim. */
  static URI withState(URI response, @Nullable String state) {
    return state == null ? response : URI.create(response + "&state=" + encode(state, UTF_8));
  }
}
