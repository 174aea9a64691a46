package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The authorization endpoint (RFC 6749 §3.1). It shows a page and changes nothing, so it can be
 * requested repeatedly.
 *
 * <pre>
 * GET /oauth/authorize?response_type=code&amp;client_id=…&amp;redirect_uri=…&amp;code_challenge=…      200 text/html
 * </pre>
 */
public final class AuthorizationEndpoint extends PageEndpoint {
  private final AuthorizationRequests requests;
  private final BrowserSessions sessions;

  public AuthorizationEndpoint(
      Pages pages, AuthorizationRequests requests, BrowserSessions sessions) {
    super(pages);
    this.requests = requests;
    this.sessions = sessions;
  }

  @Override
  HTTPResponse page(HttpServletRequest request) {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      return methodNotAllowed("GET, HEAD");
    }
    String query = Optional.ofNullable(request.getQueryString()).orElse("");
    AuthorizationRequests.Outcome outcome = requests.check(query);
    if (outcome instanceof AuthorizationRequests.Untrusted refused) {
      return pages.error(400, refused.why());
    }
    if (outcome instanceof AuthorizationRequests.ErrorRedirect back) {
      return redirectError(back);
    }
    if (outcome instanceof AuthorizationRequests.Valid valid) {
      return ask(request, query, valid);
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }

  private HTTPResponse ask(
      HttpServletRequest request, String query, AuthorizationRequests.Valid valid) {
    Optional<OpaqueToken> known = sessions.cookie().read(request);
    OpaqueToken cookie = known.orElseGet(OpaqueToken::random);
    Optional<LoginSession> session = sessions.session(cookie);
    boolean loggedIn = session.filter(found -> sessions.isSufficient(found, valid)).isPresent();
    if (valid.authentication().isSilent()) {
      return redirectError(requests.pageRequired(valid, loggedIn));
    }
    Pages.Form form = new Pages.Form(query, BrowserCookie.formToken(cookie));
    HTTPResponse page =
        session
            .map(LoginSession::username)
            .map(
                username ->
                    loggedIn
                        ? pages.consent(valid, form, username)
                        : pages.loginAgain(valid, form, username))
            .orElseGet(() -> pages.login(valid, form));
    if (known.isEmpty()) {
      page.setHeader("Set-Cookie", sessions.cookie().set(cookie));
    }
    return page;
  }
}
