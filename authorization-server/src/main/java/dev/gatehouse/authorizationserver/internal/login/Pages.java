package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.endpoint.EndpointUrls;
import dev.gatehouse.authorizationserver.internal.settings.LoopbackUris;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.UriSyntax;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds the pages that users see. */
public final class Pages {
  /** Names of form fields. */
  static final String REQUEST = "request";

  static final String FORM_TOKEN = "form_token";
  static final String FORM_ID = "form_id";
  static final String DECISION = "decision";
  static final String SCOPE_PREFIX = "scope:";

  private static final int SC_CONFLICT = 409;
  private static final String AUTOFOCUS = " autofocus";

  private final EndpointUrls urls;
  private final Map<String, String> scopeDescriptions;

  public Pages(EndpointUrls urls, Map<String, String> scopeDescriptions) {
    this.urls = urls;
    this.scopeDescriptions = scopeDescriptions;
  }

  /** The log-in page before the first attempt. */
  HTTPResponse login(AuthorizationRequests.Valid request, Form form) {
    return login(200, request, form, "", "");
  }

  /** The log-in page for a user whose log-in is too old for the request, or too weak. */
  HTTPResponse loginAgain(AuthorizationRequests.Valid request, Form form, String username) {
    return login(
        200,
        request,
        form,
        username,
        "<p class=\"quiet\">The application asks you to log in again.</p>");
  }

  /**
   * The log-in page after a failed attempt: keeps the user name and asks for the password again.
   */
  HTTPResponse loginFailed(
      int status,
      AuthorizationRequests.Valid request,
      Form form,
      String username,
      String complaint) {
    return login(
        status,
        request,
        form,
        username,
        "<p class=\"bad\" role=\"alert\">" + Html.text(complaint) + "</p>");
  }

  private HTTPResponse login(
      int status, AuthorizationRequests.Valid request, Form form, String username, String remark) {
    boolean again = !username.isEmpty();
    String body =
        """
        <p>to continue to <strong>%s</strong></p>
        %s
        <form method="post" action="%s">
        %s
        <label for="username">User name</label>
        <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
          spellcheck="false" required value="%s"%s>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required%s>
        <div class="buttons"><button class="main" type="submit">Log in</button></div>
        </form>
        """
            .formatted(
                Html.text(request.client().name()),
                remark,
                Html.text(urls.login().toString()),
                form.hiddenFields(),
                Html.text(username),
                again ? "" : AUTOFOCUS,
                again ? AUTOFOCUS : "");
    return new Page(status, "Log in", body).toResponse();
  }

  HTTPResponse consent(AuthorizationRequests.Valid request, Form form, String username) {
    String body =
        """
        <p>Allow this only if you started it yourself in <strong>%s</strong>.</p>
        %s
        <dl>%s</dl>
        <form method="post" action="%s" autocomplete="off">
        %s
        <input type="hidden" name="form_id" value="%s">
        %s
        <div class="buttons">
        <button type="submit" name="decision" value="deny">Deny</button>
        <button class="main" type="submit" name="decision" value="approve">Allow</button>
        </div>
        <p class="quiet">You are logged in as %s.
        <button class="link" type="submit" name="decision" value="switch">Log in as another user</button></p>
        </form>
        """
            .formatted(
                Html.text(request.client().name()),
                request.client().selfRegistered()
                    ? "<p class=\"quiet\">This name was supplied by the application and has not been verified.</p>"
                    : "",
                facts(request),
                Html.text(urls.consent().toString()),
                form.hiddenFields(),
                OpaqueToken.random().value(),
                scopes(request),
                Html.text(username));
    return new Page(200, request.client().name() + " requests access", body)
        .leadingTo(request.redirectUri())
        .toResponse();
  }

  HTTPResponse error(int status, String why) {
    String body =
        """
        <p role="alert">%s</p>
        <p class="quiet">Nothing was shared. Close this page, and start again from the application.</p>
        """
            .formatted(Html.text(why));
    return new Page(status, "Request failed", body).toResponse();
  }

  /** The page for a consent form that is sent again when the client has used the response. */
  HTTPResponse answered() {
    String body =
        """
        <p role="alert">You have already answered this request.</p>
        <p class="quiet">Go back to the application. If it is still waiting, start again from there.</p>
        """;
    return new Page(SC_CONFLICT, "Already answered", body).toResponse();
  }

  /** Asks the user whether to follow the redirect of a client that has not been verified. */
  HTTPResponse leaving(URI to) {
    String body =
        """
        <p role="alert">The application sent a request that cannot be granted.</p>
        <p><a href="%s" rel="noreferrer">Go back to %s</a></p>
        <p class="quiet">Nothing was shared. If you have not come from there, close this page.</p>
        """
            .formatted(Html.text(to.toString()), Html.text(destination(to)));
    return new Page(400, "Request failed", body).toResponse();
  }

  private static String facts(AuthorizationRequests.Valid request) {
    String home =
        UriSyntax.parse(request.client().id())
            .filter(id -> "https".equals(id.getScheme()) && id.getHost() != null)
            .map(id -> fact("The application comes from", id.getHost()))
            .orElse("");
    return home
        + fact("The response is sent to", destination(request.redirectUri()))
        + request.audience().stream()
            .map(resource -> fact("It requests access to", resource))
            .collect(Collectors.joining());
  }

  /** With other schemes the authority means nothing: any application can put any host there. */
  private static String destination(URI redirect) {
    if (!UriSyntax.isHttp(redirect)) {
      return "the application on this device that handles " + redirect.getScheme() + ": links";
    }
    return LoopbackUris.isLoopback(redirect)
        ? redirect.getHost() + ", an application on this computer"
        : redirect.getHost();
  }

  private static String fact(String what, String value) {
    return "<div><dt>%s</dt><dd>%s</dd></div>".formatted(Html.text(what), Html.text(value));
  }

  private String scopes(AuthorizationRequests.Valid request) {
    if (request.scopes().isEmpty()) {
      return "";
    }
    return request.scopes().stream()
        .map(this::scope)
        .collect(
            Collectors.joining(
                "\n", "<fieldset><legend>It would be allowed to</legend>", "</fieldset>"));
  }

  private String scope(String scope) {
    String name = Html.text(scope);
    String words = scopeDescriptions.get(scope);
    return """
        <label class="scope"><input type="checkbox" name="%s" value="on" checked>
        <span>%s</span></label>"""
        .formatted(
            SCOPE_PREFIX + name,
            words == null ? name : Html.text(words) + "<small>" + name + "</small>");
  }

  /** The hidden fields of every form: the client's request and the token against forged forms. */
  record Form(String request, String formToken) {
    String hiddenFields() {
      return """
          <input type="hidden" name="request" value="%s">
          <input type="hidden" name="form_token" value="%s">"""
          .formatted(Html.text(request), Html.text(formToken));
    }
  }
}
