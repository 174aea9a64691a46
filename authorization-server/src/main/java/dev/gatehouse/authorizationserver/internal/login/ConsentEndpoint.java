package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Issuer;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Handles the consent form. Consent is required each time and not stored, so a client that uses
 * another's id cannot skip this page.
 */
public final class ConsentEndpoint extends PageFormEndpoint {
  private final ConsentForms forms;

  public ConsentEndpoint(
      Stores stores,
      InstantSource clock,
      EndpointUrls urls,
      Pages pages,
      AuthorizationRequests requests,
      BrowserSessions sessions) {
    super(urls.consent(), urls, pages, requests, sessions);
    this.forms = new ConsentForms(stores, clock);
  }

  @Override
  HTTPResponse page(OwnForm form) {
    Optional<LoginSession> session = sessions.session(form.cookie());
    if (session.isEmpty()) {
      return backToStart(form.query());
    }
    Set<String> ticked = new LinkedHashSet<>(form.request().scopes());
    ticked.removeIf(scope -> !form.fields().containsKey(Pages.SCOPE_PREFIX + scope));
    ConsentForms.Answer answer = ConsentForms.Answer.of(form, session.get(), ticked);
    return switch (BrowserSessions.field(form.fields(), Pages.DECISION)) {
      // No scope selected means denied; a token without scopes would be useless.
      case "approve" -> {
        if (ticked.isEmpty() && !form.request().scopes().isEmpty()) {
          yield deny(answer);
        }
        // The log-in may have become too old since the page was shown.
        yield sessions.isSufficient(session.get(), form.request())
            ? allow(answer)
            : backToStart(form.query());
      }
      case "deny" -> deny(answer);
      case "switch" -> {
        sessions.logOut(form.cookie());
        yield backToStart(form.query());
      }
      default -> pages.error(400, "The form contains no decision.");
    };
  }

  private HTTPResponse deny(ConsentForms.Answer answer) {
    forms.deny(answer);
    return seeOther(requests.denied(answer.request()).to().toString());
  }

  private HTTPResponse allow(ConsentForms.Answer answer) {
    return forms
        .allow(answer)
        .map(code -> seeOther(success(answer.request(), code)))
        .orElseGet(pages::answered);
  }

  private String success(AuthorizationRequests.Valid request, OpaqueToken code) {
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
    return AuthorizationRequests.withState(response, request.state()).toString();
  }
}
