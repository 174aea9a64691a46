package dev.gatehouse.authorizationserver.internal.login;

import dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Log-ins by browser, and the check that a form was served to the browser that sends it. */
public final class BrowserSessions {
  private final BrowserCookie cookie;
  private final Stores stores;
  private final String acr;
  private final InstantSource clock;
  private final String origin;

  public BrowserSessions(EndpointUrls urls, Stores stores, String acr, InstantSource clock) {
    this.cookie = new BrowserCookie(urls.issuer());
    this.stores = stores;
    this.acr = acr;
    this.clock = clock;
    this.origin = urls.origin();
  }

  BrowserCookie cookie() {
    return cookie;
  }

  Optional<LoginSession> session(OpaqueToken presented) {
    Instant now = clock.instant();
    return stores
        .sessions()
        .find(presented)
        .filter(session -> now.isBefore(session.expiresAt()))
        .filter(session -> !isFromTheFuture(session, now))
        .filter(session -> stores.userExists(session.subject(), session.username()));
  }

  /** After the clock was turned back, {@code auth_time} would pass for recent for too long. */
  private static boolean isFromTheFuture(LoginSession session, Instant now) {
    UserAuthentication authentication = session.authentication();
    return authentication != null && authentication.time().isAfter(now.plus(Lifetimes.CLOCK_SKEW));
  }

  /** Whether the user need not log in again for this request. */
  boolean isSufficient(LoginSession session, AuthorizationRequests.Valid request) {
    return request.authentication().isMetBy(session, clock.instant());
  }

  /** Logs a user in with a new cookie, which prevents session fixation. */
  OpaqueToken logIn(OpaqueToken before, User user, AuthorizationRequests.Valid request) {
    Instant now = clock.instant();
    stores.sessions().end(before.hash());
    OpaqueToken fresh = OpaqueToken.random();
    stores
        .sessions()
        .save(
            fresh.hash(),
            new LoginSession(
                user.subject(),
                user.username(),
                // Whole seconds, as auth_time has, and never later than the log-in.
                new UserAuthentication(now.truncatedTo(ChronoUnit.SECONDS), acr),
                request.authentication().request(),
                now.plus(Lifetimes.SESSION)));
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
