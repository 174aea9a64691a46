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

/** Reads from the settings how we prove who we are at one authorization server. */
final class ClientAuthenticationReader {

  private static final String METHODS =
      "client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt,"
          + " tls_client_auth, bearer, none";

  /** RFC 7518 §3.2: a key for HS256 is at least as long as its hash. */
  private static final int HS256_KEY_BYTES = 32;

  private static final Reloadable<ClientAuthentication> NONE =
      Reloadable.fixed(SecretAuthentication.none());

  private final RawSettings texts;
  private final @Nullable String issuer;
  private final @Nullable ReloadedTls tls;

  /**
   * Makes one.
   *
   * @param issuer of the authorization server, if it is known
   * @param tls what connections are made with, if that is not the JVM's default
   */
  ClientAuthenticationReader(
      RawSettings texts, @Nullable String issuer, @Nullable ReloadedTls tls) {
    this.texts = texts;
    this.issuer = issuer;
    this.tls = tls;
  }

  ClientAuthentication.Factory read() {
    String method = String.valueOf(texts.text(Setting.CLIENT_AUTH_METHOD));
    return switch (method) {
      case "none" -> renewed(NONE);
      case "client_secret_basic" -> withSecret(SecretAuthentication::basic);
      case "client_secret_post" -> withSecret(SecretAuthentication::post);
      case "client_secret_jwt" -> clientSecretJwt();
      case "private_key_jwt" -> privateKeyJwt();
      case "tls_client_auth" -> tlsClientAuth();
      case "bearer" -> bearer();
      default -> {
        texts.mistake(Setting.CLIENT_AUTH_METHOD, "'" + method + "' is none of " + METHODS);
        yield renewed(NONE);
      }
    };
  }

  private static ClientAuthentication.Factory renewed(
      Reloadable<ClientAuthentication> credentials) {
    return (tokenEndpoint, http) -> new ReloadedAuthentication(credentials);
  }

  private ClientAuthentication.Factory withSecret(
      BiFunction<String, String, SecretAuthentication> maker) {
    String clientId = clientId();
    return renewed(clientSecret(NONE, secret -> maker.apply(clientId, secret)));
  }

  private ClientAuthentication.Factory clientSecretJwt() {
    String clientId = clientId();
    String audience = issuer;
    return renewed(
        clientSecret(
            NONE,
            secret -> AssertionAuthentication.withSecret(clientId, longEnough(secret), audience)));
  }

  private static String longEnough(String secret) {
    if (secret.getBytes(StandardCharsets.UTF_8).length < HS256_KEY_BYTES) {
      throw new IllegalArgumentException(
          "is too short for client_secret_jwt, which needs at least " + HS256_KEY_BYTES + " bytes");
    }
    return secret;
  }

  private ClientAuthentication.Factory privateKeyJwt() {
    String clientId = clientId();
    String audience = issuer;
    if (!texts.isSet(Setting.PRIVATE_KEY_FILE)) {
      texts.mistake(
          Setting.PRIVATE_KEY_FILE, "missing; write the file of the key for private_key_jwt");
      return renewed(NONE);
    }
    Reloadable<ClientAuthentication> key =
        texts.fromFiles(
            List.of(Setting.PRIVATE_KEY_FILE),
            contents ->
                AssertionAuthentication.withKey(
                        clientId, SigningKey.parse(SettingFile.text(contents.get(0))), audience)
                    .checked());
    return renewed(key == null ? NONE : key);
  }

  private ClientAuthentication.Factory tlsClientAuth() {
    String clientId = clientId();
    ReloadedTls shown = tls;
    return shown == null // a mistake, which TlsReader has noted
        ? renewed(NONE)
        : (tokenEndpoint, http) -> new CertificateAuthentication(clientId, shown);
  }

  private ClientAuthentication.Factory bearer() {
    if (issuer == null && !texts.isSet(Setting.TOKEN_ENDPOINT)) {
      texts.mistake(
          Setting.TOKEN_ENDPOINT, "missing; client-auth-method=bearer needs it, or an issuer");
    }
    String clientId = clientId();
    Reloadable<SecretAuthentication> authentication =
        clientSecret(
            Reloadable.fixed(SecretAuthentication.none()),
            secret -> SecretAuthentication.basic(clientId, secret));
    String scope = texts.text(Setting.CLIENT_TOKEN_SCOPE);
    return (tokenEndpoint, http) ->
        new BearerAuthentication(tokenEndpoint, authentication, scope, http);
  }

  private String clientId() {
    String id = texts.text(Setting.CLIENT_ID);
    if (id != null) {
      return id;
    }
    texts.mistake(
        Setting.CLIENT_ID,
        "missing; write the id under which this server is registered at the authorization server,"
            + " or set client-auth-method=none");
    return "missing";
  }

  /** What is made of the secret; otherwise, after a mistake. */
  private <T> Reloadable<T> clientSecret(Reloadable<T> otherwise, Function<String, T> maker) {
    if (!texts.isSet(Setting.CLIENT_SECRET) && !texts.isSet(Setting.CLIENT_SECRET_FILE)) {
      texts.mistake(Setting.CLIENT_SECRET, "missing; set it, or client-secret-file");
    }
    return texts.secret(Setting.CLIENT_SECRET, Setting.CLIENT_SECRET_FILE, otherwise, maker);
  }
}
