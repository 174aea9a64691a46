package dev.gatehouse.authorizationserver.internal.login;

import dev.gatehouse.authorizationserver.store.OpaqueToken;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Where a client sends the user's browser (RFC 6749 §3.1). It shows a page and changes nothing, so
 * that a client may look first, and a browser may reload.
 *
 * <pre>
 * GET /oauth/authorize?response_type=code&amp;client_id=…&amp;redirect_uri=…&amp;code_challenge=…      200 text/html
 * </pre>
 */
public final class AuthorizationEndpoint extends PageEndpoint {
  private final AuthorizationRequests requests;
  private final BrowserSessions browsers;

  public AuthorizationEndpoint(Pages pages, AuthorizationRequests requests, BrowserSessions browsers) {
    super(pages);
    this.requests = requests;
    this.browsers = browsers;
  }

  @Override
  HTTPResponse page(HttpServletRequest request) {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      return methodNotAllowed("GET, HEAD");
    }
    String query = Optional.ofNullable(request.getQueryString()).orElse("");
    AuthorizationRequests.Outcome outcome = requests.check(query);
    if (outcome instanceof AuthorizationRequests.NotTrusted refused) {
      return pages.error(400, refused.why());
    }
    if (outcome instanceof AuthorizationRequests.SentBack back) {
      return sendBack(back);
    }
    if (outcome instanceof AuthorizationRequests.Good good) {
      return ask(request, query, good);
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }

  private HTTPResponse ask(
      HttpServletRequest request, String query, AuthorizationRequests.Good good) {
    Optional<OpaqueToken> known = browsers.cookie().read(request);
    OpaqueToken cookie = known.orElseGet(OpaqueToken::random);
    Pages.Form form = new Pages.Form(query, BrowserCookie.formToken(cookie));
    HTTPResponse page =
        browsers
            .session(cookie)
            .map(session -> pages.consent(good, form, session.username()))
            .orElseGet(() -> pages.login(good, form));
    if (known.isEmpty()) {
      page.setHeader("Set-Cookie", browsers.cookie().set(cookie));
    }
    return page;
  }
}
