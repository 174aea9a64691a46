package dev.gatehouse.authorizationserver.internal.introspection;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator;
import dev.gatehouse.authorizationserver.internal.endpoint.FormEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The introspection endpoint (RFC 7662 §2): authenticates the caller, then looks the token up. */
public final class IntrospectionEndpoint extends FormEndpoint {
  private final IntrospectionCaller callers;
  private final RateLimit perClient;
  private final TokenDisclosure disclosure;

  public IntrospectionEndpoint(
      URI url, IntrospectionCaller callers, RateLimit perClient, TokenDisclosure disclosure) {
    super(url);
    this.callers = callers;
    this.perClient = perClient;
    this.disclosure = disclosure;
  }

  @Override
  protected HTTPResponse handle(HTTPRequest form) {
    ClientAuthenticator.Outcome outcome = callers.identify(form);
    if (outcome instanceof ClientAuthenticator.Authenticated caller) {
      return handle(form, caller.client());
    }
    if (outcome instanceof ClientAuthenticator.Refused refused) {
      return Responses.error(refused.error());
    }
    if (outcome instanceof ClientAuthenticator.Throttled throttled) {
      return Responses.tooManyRequests(throttled.remaining());
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }

  private HTTPResponse handle(HTTPRequest form, RegisteredClient caller) {
    if (!caller.mayIntrospect()) {
      // RFC 7662 §2.1: authenticating is not enough, the caller must be authorized
      return Responses.error(
          new ErrorObject(
              OAuth2Error.UNAUTHORIZED_CLIENT_CODE, "Only resource servers may introspect", 403));
    }
    // RFC 7662 §4: charged before the look-up, so that unknown tokens count as well
    Optional<Duration> wait = perClient.charge(caller.id());
    if (wait.isPresent()) {
      return Responses.tooManyRequests(wait.get());
    }
    Optional<OpaqueToken> asked = IntrospectedToken.of(form);
    if (asked.isEmpty()) {
      return Responses.error(
          new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "The token parameter is missing", 400));
    }
    return disclosure.handle(asked.get(), caller, form.getAccept());
  }
}
