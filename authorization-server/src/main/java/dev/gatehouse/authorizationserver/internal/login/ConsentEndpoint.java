package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Issuer;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredCode;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Handles the consent form. Consent is required each time and not stored, so a client that uses
 * another's id cannot skip this page.
 */
public final class ConsentEndpoint extends PageFormEndpoint {
  private final Stores stores;
  private final InstantSource clock;

  public ConsentEndpoint(
      Stores stores,
      InstantSource clock,
      EndpointUrls urls,
      Pages pages,
      AuthorizationRequests requests,
      BrowserSessions sessions) {
    super(urls.consent(), urls, pages, requests, sessions);
    this.stores = stores;
    this.clock = clock;
  }

  @Override
  HTTPResponse page(OwnForm form) {
    Optional<LoginSession> session = sessions.session(form.cookie());
    if (session.isEmpty()) {
      return backToStart(form);
    }
    return switch (BrowserSessions.field(form.fields(), Pages.DECISION)) {
      case "approve" -> approve(form, session.get());
      case "deny" -> seeOther(requests.denied(form.request()).to().toString());
      case "switch" -> {
        sessions.logOut(form.cookie());
        yield backToStart(form);
      }
      default -> pages.error(400, "The form contains no decision.");
    };
  }

  private HTTPResponse approve(OwnForm form, LoginSession session) {
    AuthorizationRequests.Valid request = form.request();
    Set<String> ticked = new LinkedHashSet<>(request.scopes());
    ticked.removeIf(scope -> !form.fields().containsKey(Pages.SCOPE_PREFIX + scope));
    if (ticked.isEmpty() && !request.scopes().isEmpty()) {
      // No scope selected means denied; a token without scopes would be useless.
      return seeOther(requests.denied(request).to().toString());
    }
    stores.recordUse(request.client(), clock.instant());
    OpaqueToken code = OpaqueToken.random();
    stores
        .tokens()
        .saveCode(
            code.hash(),
            new StoredCode(
                UUID.randomUUID().toString(),
                request.client().id(),
                session.subject(),
                session.username(),
                ticked,
                request.audience(),
                request.redirectUri().toString(),
                request.codeChallenge(),
                clock.instant().plus(Lifetimes.CODE),
                false));
    // RFC 9207 §2: the issuer in the response prevents mix-up attacks
    URI response =
        new AuthorizationSuccessResponse(
                request.redirectUri(),
                new AuthorizationCode(code.value()),
                null,
                null,
                new Issuer(urls.issuer()),
                ResponseMode.QUERY)
            .toURI();
    return seeOther(AuthorizationRequests.withState(response, request.state()).toString());
  }
}
