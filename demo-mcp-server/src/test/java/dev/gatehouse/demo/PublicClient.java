package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A public MCP client: it registers itself and has no secret. */
final class PublicClient {

  private static final String REDIRECT_URI = "http://127.0.0.1:33418/callback";
  private static final String VERIFIER = "a-verifier-of-43-characters-or-more-0123456789";
  private static final String STATE = "state of the client";

  private final Map<String, Object> metadata;
  private final String resource;
  private final String id;

  private PublicClient(Map<String, Object> metadata, String resource, String id) {
    this.metadata = metadata;
    this.resource = resource;
    this.id = id;
  }

  /** The tokens from a login or a refresh. */
  record Tokens(String access, String refresh) {

    private static Tokens of(HttpResponse<String> response) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Map<String, Object> members = Json.object(response.body());
      return new Tokens(
          Json.string(members, "access_token"), Json.string(members, "refresh_token"));
    }
  }

  /** Reads the authorization server metadata and registers at the endpoint that it names. */
  static PublicClient register(String issuer, String resource) {
    Map<String, Object> metadata =
        Json.object(TokenEndpoint.get(issuer + "/.well-known/oauth-authorization-server").body());
    assertThat(metadata).containsEntry("issuer", issuer);
    HttpResponse<String> response =
        TokenEndpoint.postJson(
            Json.string(metadata, "registration_endpoint"),
            """
            {"client_name":"A notebook reader","redirect_uris":["http://127.0.0.1/callback"],\
            "token_endpoint_auth_method":"none"}""");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return new PublicClient(
        metadata, resource, Json.string(Json.object(response.body()), "client_id"));
  }

  /** Submits the login and consent pages and redeems the code. */
  Tokens logIn(Browser browser, String username) {
    return redeem(
        browser, browser.logIn(browser.open(authorization()), username, username + "-secret"));
  }

  /** Submits only the consent page, in a browser that is still logged in, and redeems the code. */
  Tokens consent(Browser browser) {
    return redeem(browser, browser.open(authorization()));
  }

  private Tokens redeem(Browser browser, HttpResponse<String> consentPage) {
    assertThat(consentPage.body())
        .contains("A notebook reader", "read your notes", "write and delete notes for you")
        .contains(resource);
    Map<String, String> response = browser.approve(consentPage);
    assertThat(response)
        .containsEntry("state", STATE)
        .containsEntry("iss", Json.string(metadata, "issuer"));
    return Tokens.of(
        token(
            Map.of(
                "grant_type", "authorization_code",
                "code", response.getOrDefault("code", ""),
                "redirect_uri", REDIRECT_URI,
                "code_verifier", VERIFIER,
                "resource", resource)));
  }

  Tokens refresh(Tokens tokens) {
    return Tokens.of(refreshResponse(tokens));
  }

  HttpResponse<String> refreshResponse(Tokens tokens) {
    return token(Map.of("grant_type", "refresh_token", "refresh_token", tokens.refresh()));
  }

  int revoke(String token) {
    return TokenEndpoint.postForm(
            Json.string(metadata, "revocation_endpoint"), Map.of("client_id", id, "token", token))
        .statusCode();
  }

  private HttpResponse<String> token(Map<String, String> grant) {
    var form = new LinkedHashMap<>(grant);
    form.put("client_id", id);
    return TokenEndpoint.postForm(Json.string(metadata, "token_endpoint"), form);
  }

  private URI authorization() {
    return authorization(
        Json.string(metadata, "authorization_endpoint"), id, REDIRECT_URI, resource);
  }

  /** The URI of the authorization request. */
  static URI authorization(String endpoint, String id, String redirectUri, String resource) {
    return URI.create(
        endpoint
            + "?"
            + Browser.form(
                Map.of(
                    "response_type",
                    "code",
                    "client_id",
                    id,
                    "redirect_uri",
                    redirectUri,
                    "scope",
                    "notes:read notes:write",
                    "resource",
                    resource,
                    "state",
                    STATE,
                    "code_challenge",
                    challenge(),
                    "code_challenge_method",
                    "S256")));
  }

  private static String challenge() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform supports SHA-256", e);
    }
  }
}
