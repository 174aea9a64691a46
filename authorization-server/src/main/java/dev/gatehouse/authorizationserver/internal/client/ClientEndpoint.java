package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.endpoint.FormEndpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;

/** An endpoint for form requests of authenticated clients. */
public abstract class ClientEndpoint extends FormEndpoint {
  private final ClientAuthenticator authenticator;

  public ClientEndpoint(URI url, ClientAuthenticator authenticator) {
    super(url);
    this.authenticator = authenticator;
  }

  protected abstract HTTPResponse handle(HTTPRequest form, RegisteredClient client);

  @Override
  protected final HTTPResponse handle(HTTPRequest form) {
    ClientAuthenticator.Outcome outcome = authenticator.authenticate(form);
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
}
