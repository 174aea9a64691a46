package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.net.URI;

/** An endpoint that answers forms of clients that have said who they are. */
abstract class ClientEndpoint extends FormEndpoint {
  private final ClientAuthenticator authenticator;

  ClientEndpoint(URI url, ClientAuthenticator authenticator) {
    super(url);
    this.authenticator = authenticator;
  }

  abstract HTTPResponse answer(HTTPRequest form, RegisteredClient client);

  @Override
  final HTTPResponse answer(HTTPRequest form) {
    ClientAuthenticator.Outcome outcome = authenticator.authenticate(form);
    if (outcome instanceof ClientAuthenticator.Authenticated caller) {
      return answer(form, caller.client());
    }
    if (outcome instanceof ClientAuthenticator.Refused refused) {
      return Answers.error(refused.error());
    }
    if (outcome instanceof ClientAuthenticator.Throttled throttled) {
      return Answers.tooManyRequests(throttled.remaining());
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }
}
