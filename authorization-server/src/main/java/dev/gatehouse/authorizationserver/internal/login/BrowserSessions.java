package dev.gatehouse.authorizationserver.internal.login;

import dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.User;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Log-ins by browser, and the check that a form was served to the browser that sends it. */
public final class BrowserSessions {
  private final BrowserCookie cookie;
  private final Stores stores;
  private final InstantSource clock;
  private final String origin;

  public BrowserSessions(EndpointUrls urls, Stores stores, InstantSource clock) {
    this.cookie = new BrowserCookie(urls.issuer());
    this.stores = stores;
    this.clock = clock;
    this.origin = urls.origin();
  }

  BrowserCookie cookie() {
    return cookie;
  }

  Optional<LoginSession> session(OpaqueToken presented) {
    return stores
        .sessions()
        .find(presented)
        .filter(session -> clock.instant().isBefore(session.expiresAt()))
        .filter(session -> stores.userExists(session.subject(), session.username()));
  }

  /** Logs a user in with a new cookie, which prevents session fixation. */
  OpaqueToken logIn(OpaqueToken before, User user) {
    stores.sessions().end(before.hash());
    OpaqueToken fresh = OpaqueToken.random();
    stores
        .sessions()
        .save(
            fresh.hash(),
            new LoginSession(
                user.subject(), user.username(), clock.instant().plus(Lifetimes.SESSION)));
    return fresh;
  }

  void logOut(OpaqueToken presented) {
    stores.sessions().end(presented.hash());
  }

  /** Returns the browser's cookie if this server served the form to this browser. */
  Optional<OpaqueToken> verifyForm(HttpServletRequest request, Map<String, List<String>> fields) {
    String presented = field(fields, Pages.FORM_TOKEN);
    return ownCookie(request).filter(own -> BrowserCookie.isFormTokenOf(own, presented));
  }

  /** Whether the user is logged in, and no other site has sent this request. */
  boolean isLoggedIn(HttpServletRequest request) {
    return ownCookie(request).flatMap(this::session).isPresent();
  }

  private Optional<OpaqueToken> ownCookie(HttpServletRequest request) {
    String sentBy = request.getHeader("Origin");
    return sentBy == null || sentBy.equalsIgnoreCase(origin)
        ? cookie.read(request)
        : Optional.empty();
  }

  static String field(Map<String, List<String>> fields, String name) {
    return EncodedParameters.first(fields, name).orElse("");
  }
}
