package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.endpoint.FormReader;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Handles a form of a page of this server. The form contains the client's request, which is
 * validated again: there is no state between pages that two browser tabs could mix up.
 */
abstract class PageFormEndpoint extends PageEndpoint {
  private final FormReader reader;
  final EndpointUrls urls;
  final AuthorizationRequests requests;
  final BrowserSessions sessions;

  PageFormEndpoint(
      URI url,
      EndpointUrls urls,
      Pages pages,
      AuthorizationRequests requests,
      BrowserSessions sessions) {
    super(pages);
    this.reader = new FormReader(url);
    this.urls = urls;
    this.requests = requests;
    this.sessions = sessions;
  }

  /** A form that this server served to this browser, and the request that it belongs to. */
  record OwnForm(
      OpaqueToken cookie,
      Map<String, List<String>> fields,
      String query,
      AuthorizationRequests.Valid request,
      String address) {
    Pages.Form next() {
      return new Pages.Form(query, BrowserCookie.formToken(cookie));
    }

    @Override
    public String toString() {
      return "OwnForm[" + request.client() + "]";
    }
  }

  abstract HTTPResponse page(OwnForm form);

  @Override
  protected final boolean readsBodies() {
    return true;
  }

  @Override
  final HTTPResponse page(HttpServletRequest request) throws IOException {
    if (!request.getMethod().equals("POST")) {
      return methodNotAllowed("POST");
    }
    FormReader.Outcome outcome = reader.read(request);
    if (outcome instanceof FormReader.Unreadable unreadable) {
      return pages.error(unreadable.error().getHTTPStatusCode(), "The form is malformed.");
    }
    if (!(outcome instanceof FormReader.Form form)) {
      throw new IllegalStateException("unknown outcome " + outcome.getClass());
    }
    Map<String, List<String>> fields = FormReader.parameters(form.request());
    String query = BrowserSessions.field(fields, Pages.REQUEST);
    Optional<OpaqueToken> cookie = sessions.verifyForm(request, fields);
    if (cookie.isEmpty()) {
      return isSentAgain(request) && requests.check(query) instanceof AuthorizationRequests.Valid
          ? backToStart(query)
          : pages.error(
              403,
              "The form was not served by this server, or the browser does not accept its"
                  + " cookies.");
    }
    AuthorizationRequests.Outcome checked = requests.check(query);
    if (checked instanceof AuthorizationRequests.Untrusted refused) {
      return pages.error(400, refused.why());
    }
    if (checked instanceof AuthorizationRequests.ErrorRedirect back) {
      return redirectError(back);
    }
    if (checked instanceof AuthorizationRequests.Valid valid) {
      if (valid.authentication().isSilent()) {
        // No page was shown for such a request, so this form belongs to another one.
        return backToStart(query);
      }
      return page(new OwnForm(cookie.get(), fields, query, valid, CallerAddress.current()));
    }
    throw new IllegalStateException("unknown outcome " + checked.getClass());
  }

  /**
   * Whether the form has had its effect, after which its form token is invalid. The browser is then
   * sent to the start, which changes nothing.
   */
  boolean isSentAgain(HttpServletRequest request) {
    return false;
  }

  final HTTPResponse backToStart(String query) {
    return seeOther(urls.authorization() + "?" + query);
  }
}
