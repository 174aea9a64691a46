package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.clientauth.AssertionAuthentication;
import dev.gatehouse.internal.clientauth.BearerAuthentication;
import dev.gatehouse.internal.clientauth.CertificateAuthentication;
import dev.gatehouse.internal.clientauth.ClientAuthentication;
import dev.gatehouse.internal.clientauth.ReloadedAuthentication;
import dev.gatehouse.internal.clientauth.SecretAuthentication;
import dev.gatehouse.internal.clientauth.SigningKey;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.SettingFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads from the settings how the filter authenticates at one authorization server. */
final class ClientAuthenticationReader {

  private static final String METHODS =
      "client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt,"
          + " tls_client_auth, bearer, none";

  /** RFC 7518 §3.2: a key for HS256 is at least as long as the hash. */
  private static final int HS256_KEY_BYTES = 32;

  private static final Reloadable<ClientAuthentication> NONE =
      Reloadable.fixed(SecretAuthentication.none());

  private final RawSettings settings;
  private final @Nullable String issuer;
  private final @Nullable ReloadedTls tls;

  /**
   * Creates a reader for one authorization server.
   *
   * @param settings of this authorization server
   * @param issuer of the authorization server; null if it is unknown
   * @param tls the configured TLS stores; null for the JVM's defaults
   */
  ClientAuthenticationReader(
      RawSettings settings, @Nullable String issuer, @Nullable ReloadedTls tls) {
    this.settings = settings;
    this.issuer = issuer;
    this.tls = tls;
  }

  ClientAuthentication.Factory read() {
    String method = String.valueOf(settings.text(Setting.CLIENT_AUTH_METHOD));
    return switch (method) {
      case "none" -> reloaded(NONE);
      case "client_secret_basic" -> withSecret(SecretAuthentication::basic);
      case "client_secret_post" -> withSecret(SecretAuthentication::post);
      case "client_secret_jwt" -> clientSecretJwt();
      case "private_key_jwt" -> privateKeyJwt();
      case "tls_client_auth" -> tlsClientAuth();
      case "bearer" -> bearer();
      default -> {
        settings.error(
            Setting.CLIENT_AUTH_METHOD, "'" + method + "' is unknown; write one of " + METHODS);
        yield reloaded(NONE);
      }
    };
  }

  private static ClientAuthentication.Factory reloaded(
      Reloadable<ClientAuthentication> authentication) {
    return (tokenEndpoint, http, clock) -> new ReloadedAuthentication(authentication);
  }

  private ClientAuthentication.Factory withSecret(
      BiFunction<String, String, SecretAuthentication> factory) {
    String clientId = clientId();
    return reloaded(clientSecret(NONE, secret -> factory.apply(clientId, secret)));
  }

  private ClientAuthentication.Factory clientSecretJwt() {
    String clientId = clientId();
    String audience = issuer;
    return reloaded(
        clientSecret(
            NONE,
            secret -> AssertionAuthentication.withSecret(clientId, longEnough(secret), audience)));
  }

  private static String longEnough(String secret) {
    if (secret.getBytes(StandardCharsets.UTF_8).length < HS256_KEY_BYTES) {
      throw new IllegalArgumentException(
          "is too short for client_secret_jwt; use at least " + HS256_KEY_BYTES + " bytes");
    }
    return secret;
  }

  private ClientAuthentication.Factory privateKeyJwt() {
    String clientId = clientId();
    String audience = issuer;
    if (!settings.isSet(Setting.PRIVATE_KEY_FILE)) {
      settings.error(
          Setting.PRIVATE_KEY_FILE,
          "missing; write the path of the private key for private_key_jwt");
      return reloaded(NONE);
    }
    Reloadable<ClientAuthentication> key =
        settings.fromFiles(
            List.of(Setting.PRIVATE_KEY_FILE),
            contents ->
                AssertionAuthentication.withKey(
                        clientId, SigningKey.parse(SettingFile.text(contents.get(0))), audience)
                    .checked());
    return reloaded(key == null ? NONE : key);
  }

  private ClientAuthentication.Factory tlsClientAuth() {
    String clientId = clientId();
    ReloadedTls stores = tls;
    return stores == null // an error that TlsReader has reported
        ? reloaded(NONE)
        : (tokenEndpoint, http, clock) -> new CertificateAuthentication(clientId, stores);
  }

  private ClientAuthentication.Factory bearer() {
    if (issuer == null && !settings.isSet(Setting.TOKEN_ENDPOINT)) {
      settings.error(
          Setting.TOKEN_ENDPOINT, "missing; set it or issuer for client-auth-method=bearer");
    }
    String clientId = clientId();
    Reloadable<SecretAuthentication> authentication =
        clientSecret(
            Reloadable.fixed(SecretAuthentication.none()),
            secret -> SecretAuthentication.basic(clientId, secret));
    String scope = settings.text(Setting.CLIENT_TOKEN_SCOPE);
    return (tokenEndpoint, http, clock) ->
        new BearerAuthentication(tokenEndpoint, authentication, scope, http, clock);
  }

  private String clientId() {
    String id = settings.text(Setting.CLIENT_ID);
    if (id != null) {
      return id;
    }
    settings.error(
        Setting.CLIENT_ID,
        "missing; write the client id of this MCP server at the authorization server,"
            + " or set client-auth-method=none");
    return "missing";
  }

  /** The value created from the secret; {@code fallback} after an error. */
  private <T> Reloadable<T> clientSecret(Reloadable<T> fallback, Function<String, T> factory) {
    if (!settings.isSet(Setting.CLIENT_SECRET) && !settings.isSet(Setting.CLIENT_SECRET_FILE)) {
      settings.error(Setting.CLIENT_SECRET, "missing; set it or client-secret-file");
    }
    return settings.secret(Setting.CLIENT_SECRET, Setting.CLIENT_SECRET_FILE, fallback, factory);
  }
}
