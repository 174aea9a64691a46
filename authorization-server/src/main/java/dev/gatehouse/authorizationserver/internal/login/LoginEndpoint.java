package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import jakarta.servlet.http.HttpServletRequest;

/** Handles the log-in form. */
public final class LoginEndpoint extends PageFormEndpoint {
  private static final int SC_TOO_MANY_REQUESTS = 429;

  private final LoginCheck logins;

  public LoginEndpoint(
      EndpointUrls urls,
      Pages pages,
      AuthorizationRequests requests,
      BrowserSessions sessions,
      LoginCheck logins) {
    super(urls.login(), urls, pages, requests, sessions);
    this.logins = logins;
  }

  /** After a second click, the browser may send the cookie of the log-in with the old form. */
  @Override
  boolean isSentAgain(HttpServletRequest request) {
    return sessions.isLoggedIn(request);
  }

  @Override
  HTTPResponse page(OwnForm form) {
    String username = BrowserSessions.field(form.fields(), "username").strip();
    LoginCheck.Outcome outcome =
        logins.check(username, BrowserSessions.field(form.fields(), "password"), form.address());
    if (outcome instanceof LoginCheck.LoggedIn loggedIn) {
      OpaqueToken cookie = sessions.logIn(form.cookie(), loggedIn.user(), form.request());
      HTTPResponse response = backToStart(form.query());
      response.setHeader("Set-Cookie", sessions.cookie().set(cookie));
      return response;
    }
    if (outcome instanceof LoginCheck.Wrong) {
      // One text for both cases, so that it does not reveal which user names exist.
      return pages.loginFailed(
          403, form.request(), form.next(), username, "User name or password is wrong.");
    }
    if (outcome instanceof LoginCheck.Throttled throttled) {
      String seconds = Responses.seconds(throttled.remaining());
      HTTPResponse response =
          pages.loginFailed(
              SC_TOO_MANY_REQUESTS,
              form.request(),
              form.next(),
              username,
              "Too many attempts. Try again in " + seconds + " seconds.");
      response.setHeader("Retry-After", seconds);
      return response;
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }
}
