package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;

/** Takes the log-in form. */
final class LoginEndpoint extends PageFormEndpoint {
  private static final int SC_TOO_MANY_REQUESTS = 429;

  private final LoginCheck logins;

  LoginEndpoint(
      EndpointUrls urls,
      Pages pages,
      AuthorizationRequests requests,
      Browsers browsers,
      LoginCheck logins) {
    super(urls.login(), urls, pages, requests, browsers);
    this.logins = logins;
  }

  @Override
  HTTPResponse page(OwnForm form) {
    String username = Browsers.field(form.fields(), "username").strip();
    LoginCheck.Outcome outcome =
        logins.check(username, Browsers.field(form.fields(), "password"), form.address());
    if (outcome instanceof LoginCheck.LoggedIn loggedIn) {
      OpaqueToken cookie = browsers.logIn(form.cookie(), loggedIn.user());
      HTTPResponse response = backToStart(form);
      response.setHeader("Set-Cookie", browsers.cookie().set(cookie));
      return response;
    }
    if (outcome instanceof LoginCheck.Wrong) {
      // One text for both, so that user names can't be found out.
      return pages.login(
          403, form.request(), form.next(), username, "User name or password is wrong.");
    }
    if (outcome instanceof LoginCheck.MustWait mustWait) {
      String seconds = Answers.seconds(mustWait.remaining());
      HTTPResponse response =
          pages.login(
              SC_TOO_MANY_REQUESTS,
              form.request(),
              form.next(),
              username,
              "Too many tries. Wait " + seconds + " seconds.");
      response.setHeader("Retry-After", seconds);
      return response;
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }
}
