package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.DpopKey;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access tokens that are bound to the client's TLS certificate (RFC 8705 §3), over real TLS. */
@SuppressWarnings("NullAway.Init")
class CertificateBoundTokensTest {
  private static final String ISSUER = "https://127.0.0.1";

  @TempDir private static Path directory;
  private static KeyStore own;
  private static KeyStore stranger;
  private static KeyStore trusted;

  private final TurnedClock clock = new TurnedClock();
  private Server jetty;
  private int port;

  @BeforeAll
  static void makeKeys() throws IOException, GeneralSecurityException, InterruptedException {
    own = HttpsHost.keys(Files.createDirectory(directory.resolve("own")));
    stranger = HttpsHost.keys(Files.createDirectory(directory.resolve("stranger")));
    trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("own", own.getCertificate("host"));
    trusted.setCertificateEntry("stranger", stranger.getCertificate("host"));
  }

  @BeforeEach
  void start() throws Exception {
    start(true, false);
  }

  private void start(boolean offered, boolean jwt) throws Exception {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("bound")
            .secret("web-secret")
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .certificateBoundAccessTokens(true)
            .build());
    clients.add(
        RegisteredClient.builder("registered")
            .secret("web-secret")
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .certificateBoundAccessTokens(true)
            .selfRegistered(true)
            .build());
    clients.add(
        RegisteredClient.builder("bound-app")
            .grantTypes("authorization_code", "refresh_token")
            .scopes("notes:read")
            .redirectUris(Demo.CALLBACK)
            .certificateBoundAccessTokens(true)
            .build());
    jetty = new Server();
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(own);
    tls.setKeyStorePassword(HttpsHost.PASSWORD);
    tls.setTrustStore(trusted);
    tls.setWantClientAuth(true);
    HttpConfiguration https = new HttpConfiguration();
    https.addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new ServerConnector(
            jetty, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(https));
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    connector.open();
    port = connector.getLocalPort();
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServletContainerInitializer(
        (classes, servletContext) ->
            Demo.withUsers(ISSUER + ":" + port)
                .clock(clock)
                .jwtAccessTokens(jwt)
                .certificateBoundTokens(offered)
                .clientRegistry(new InMemoryClientRegistry(clients))
                .build()
                .register(servletContext));
    jetty.setHandler(context);
    jetty.start();
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
  }

  private static HttpClient client(@Nullable KeyStore certificate) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(certificate, HttpsHost.PASSWORD.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(own);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
      return HttpClient.newBuilder().sslContext(context).build();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> send(@Nullable KeyStore certificate, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client(certificate).send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder form(String path, String form) {
    return HttpRequest.newBuilder(URI.create(ISSUER + ":" + port + path))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
  }

  private HttpRequest.Builder tokenRequest(String client, String secret) {
    return form(TOKEN, Demo.FROM_CLIENT).header("Authorization", basic(client, secret));
  }

  private Map<String, Object> introspect(String token) throws IOException, InterruptedException {
    return json(
        send(
            null,
            form(Demo.INTROSPECT, "token=" + token)
                .header("Authorization", basic("notes-server", "notes-secret"))));
  }

  /** Computed without Nimbus. */
  private static String thumbprint(KeyStore keys) throws GeneralSecurityException {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            MessageDigest.getInstance("SHA-256").digest(keys.getCertificate("host").getEncoded()));
  }

  @Test // RFC 8705 §3, §3.2
  void aTokenIsBoundToTheCertificateOfTheConnection() throws Exception {
    HttpResponse<String> response = send(own, tokenRequest("bound", "web-secret"));

    assertThat(json(response)).containsEntry("token_type", "Bearer");
    assertThat(introspect(text(response, "access_token")))
        .containsEntry("token_type", "Bearer")
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(own)));
  }

  @Test // RFC 8705 §3.1
  void aJwtIsBoundToTheCertificateOfTheConnection() throws Exception {
    stop();
    start(true, true);
    HttpResponse<String> response = send(stranger, tokenRequest("bound", "web-secret"));

    assertThat(cnf(response)).isEqualTo(Map.of("x5t#S256", thumbprint(stranger)));
  }

  private static @Nullable Object cnf(HttpResponse<String> response) throws ParseException {
    return SignedJWT.parse(text(response, "access_token")).getJWTClaimsSet().getClaim("cnf");
  }

  @Test
  void withoutACertificateSuchAClientGetsNoToken() throws Exception {
    HttpResponse<String> response = send(null, tokenRequest("bound", "web-secret"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response))
        .containsEntry("error", "invalid_request")
        .doesNotContainKey("access_token");
  }

  @Test
  void theTokensOfOtherClientsAreNotBoundToTheirCertificates() throws Exception {
    HttpResponse<String> response = send(own, tokenRequest("client", "client-secret"));

    assertThat(introspect(text(response, "access_token")))
        .containsEntry("active", true)
        .doesNotContainKey("cnf");
  }

  @Test // RFC 9449 and RFC 8705 together
  void aTokenCanBeBoundToBothKeys() throws Exception {
    DpopKey key = DpopKey.ec();
    var claims =
        new JWTClaimsSet.Builder()
            .jwtID("1")
            .claim("htm", "POST")
            .claim("htu", ISSUER + ":" + port + TOKEN)
            .issueTime(Date.from(clock.instant()))
            .build();
    HttpResponse<String> response =
        send(own, tokenRequest("bound", "web-secret").header("DPoP", key.proof(claims)));

    assertThat(json(response)).containsEntry("token_type", "DPoP");
    assertThat(introspect(text(response, "access_token")).get("cnf"))
        .isEqualTo(Map.of("jkt", key.thumbprint(), "x5t#S256", thumbprint(own)));
  }

  @Test // RFC 8705 §4
  void theRefreshTokenOfAPublicClientNeedsTheSameCertificate() throws Exception {
    String code = code();
    HttpResponse<String> first =
        send(
            own,
            form(
                TOKEN,
                "grant_type=authorization_code&client_id=bound-app&code="
                    + code
                    + "&code_verifier="
                    + VERIFIER));
    String refresh =
        "grant_type=refresh_token&client_id=bound-app&refresh_token="
            + text(first, "refresh_token");

    assertThat(json(send(stranger, form(TOKEN, refresh)))).containsEntry("error", "invalid_grant");
    assertThat(json(send(null, form(TOKEN, refresh)))).containsEntry("error", "invalid_request");
    assertThat(introspect(text(send(own, form(TOKEN, refresh)), "access_token")).get("cnf"))
        .isEqualTo(Map.of("x5t#S256", thumbprint(own)));
  }

  /** Walks through the pages with the certificate. */
  private String code() throws IOException, InterruptedException {
    Map<String, String> request = UserAgent.request();
    request.put("client_id", "bound-app");
    request.put("scope", "notes:read");
    HttpClient browser = client(own);
    String origin = ISSUER + ":" + port;
    HttpResponse<String> page =
        browser.send(
            HttpRequest.newBuilder(
                    URI.create(origin + "/oauth/authorize?" + UserAgent.form(request)))
                .build(),
            BodyHandlers.ofString());
    String cookie = TestServer.header(page, "Set-Cookie").replaceAll(";.*", "");
    Map<String, String> fields = UserAgent.fields(page);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");
    HttpResponse<String> loggedIn = post(browser, "/oauth/login", fields, cookie);
    cookie = TestServer.header(loggedIn, "Set-Cookie").replaceAll(";.*", "");
    HttpResponse<String> consent =
        browser.send(
            HttpRequest.newBuilder(UserAgent.location(loggedIn)).header("Cookie", cookie).build(),
            BodyHandlers.ofString());
    fields = UserAgent.fields(consent);
    fields.put("decision", "approve");
    return UserAgent.value(
        UserAgent.parameters(post(browser, "/oauth/consent", fields, cookie)), "code");
  }

  private HttpResponse<String> post(
      HttpClient browser, String path, Map<String, String> fields, String cookie)
      throws IOException, InterruptedException {
    return browser.send(
        form(path, UserAgent.form(fields))
            .header("Cookie", cookie)
            .header("Origin", ISSUER + ":" + port)
            .build(),
        BodyHandlers.ofString());
  }

  @Test // RFC 8705 §3.3, §3.4
  void whereItIsNotOfferedOnlyConfiguredClientsAreBound() throws Exception {
    assertThat(metadata()).containsEntry("tls_client_certificate_bound_access_tokens", true);
    assertThat(send(null, tokenRequest("registered", "web-secret")).statusCode()).isEqualTo(400);

    stop();
    start(false, false);
    assertThat(metadata().getOrDefault("tls_client_certificate_bound_access_tokens", false))
        .isEqualTo(false);
    assertThat(send(null, tokenRequest("bound", "web-secret")).statusCode()).isEqualTo(400);
    HttpResponse<String> response = send(own, tokenRequest("registered", "web-secret"));
    assertThat(introspect(text(response, "access_token"))).doesNotContainKey("cnf");
  }

  private Map<String, Object> metadata() throws IOException, InterruptedException {
    return json(
        send(
            null,
            HttpRequest.newBuilder(
                URI.create(ISSUER + ":" + port + "/.well-known/oauth-authorization-server"))));
  }
}
