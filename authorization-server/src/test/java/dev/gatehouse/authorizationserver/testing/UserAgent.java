package dev.gatehouse.authorizationserver.testing;

import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A browser with one cookie, and the client that opens it for a user. */
public final class UserAgent {
  public static final String VERIFIER = "a-verifier-of-43-characters-or-more-0123456789";
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">");
  private static final Pattern TICKED =
      Pattern.compile("<input type=\"checkbox\" name=\"([^\"]+)\" value=\"on\" checked>");

  private final TestServer server;
  private final URI issuer;
  private @Nullable String cookie;

  public UserAgent(TestServer server) {
    this(server, server.origin());
  }

  /** A browser that reaches the server by another URL, as through a proxy that ends TLS. */
  public UserAgent(TestServer server, String issuer) {
    this.server = server;
    this.issuer = URI.create(issuer);
  }

  /** An authorization request of the client {@code public} for all of its scopes. */
  public static Map<String, String> request() {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("response_type", "code");
    request.put("client_id", "public");
    request.put("redirect_uri", "http://127.0.0.1:33418/callback");
    request.put("state", "a state & more");
    request.put("scope", "notes:read notes:write");
    request.put("resource", Demo.NOTES);
    request.put(
        "code_challenge",
        CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(VERIFIER)).getValue());
    request.put("code_challenge_method", "S256");
    return request;
  }

  public static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  public HttpResponse<String> open(Map<String, String> request) {
    return send(server.request(issuer.getPath() + "/oauth/authorize?" + form(request)).GET());
  }

  public HttpResponse<String> logIn(HttpResponse<String> page, String username, String password) {
    Map<String, String> fields = fields(page);
    fields.put("username", username);
    fields.put("password", password);
    return post("/oauth/login", fields);
  }

  public HttpResponse<String> decide(HttpResponse<String> page, String decision) {
    Map<String, String> fields = fields(page);
    fields.put("decision", decision);
    return post("/oauth/consent", fields);
  }

  public HttpResponse<String> post(String path, Map<String, String> fields) {
    String origin = issuer.getScheme() + "://" + issuer.getRawAuthority();
    return send(server.form(issuer.getPath() + path, form(fields)).header("Origin", origin));
  }

  /** Follows a redirect that stays on the server. */
  public HttpResponse<String> follow(HttpResponse<String> redirect) {
    URI target = location(redirect);
    assertThat(target.toString()).startsWith(issuer.toString());
    return send(server.request(target.getRawPath() + "?" + target.getRawQuery()).GET());
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    HttpResponse<String> response = server.send(request);
    response
        .headers()
        .firstValue("Set-Cookie")
        .ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
    return response;
  }

  /** The fields that a browser sends with the form of a page. */
  public static Map<String, String> fields(HttpResponse<String> page) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher hidden = HIDDEN.matcher(page.body());
    while (hidden.find()) {
      fields.put(hidden.group(1), hidden.group(2).replace("&amp;", "&").replace("&#39;", "'"));
    }
    Matcher ticked = TICKED.matcher(page.body());
    while (ticked.find()) {
      fields.put(ticked.group(1), "on");
    }
    return fields;
  }

  /** Logs alice in and allows the request; returns the parameters that the client gets. */
  public Map<String, String> consent(Map<String, String> request) {
    HttpResponse<String> page = follow(logIn(open(request), "alice", "alice-secret"));
    return parameters(decide(page, "approve"));
  }

  /** Gets a code for the client called {@code public}. */
  public String code() {
    return value(consent(request()), "code");
  }

  public HttpResponse<String> redeem(String code) {
    return server.post(
        Demo.TOKEN,
        "grant_type=authorization_code&client_id=public&code="
            + code
            + "&code_verifier="
            + VERIFIER);
  }

  public HttpResponse<String> refresh(String refreshToken) {
    return server.post(
        Demo.TOKEN, "grant_type=refresh_token&client_id=public&refresh_token=" + refreshToken);
  }

  public static URI location(HttpResponse<String> redirect) {
    assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(303);
    return URI.create(TestServer.header(redirect, "Location"));
  }

  /** The query parameters of a redirect. */
  public static Map<String, String> parameters(HttpResponse<String> redirect) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> each :
        URLUtils.parseParameters(location(redirect).getRawQuery()).entrySet()) {
      parameters.put(each.getKey(), each.getValue().get(0));
    }
    return parameters;
  }

  public static String value(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " in " + parameters);
    }
    return value;
  }
}
