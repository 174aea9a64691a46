package dev.gatehouse;

import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads from the settings how we prove who we are at one authorization server. */
final class CredentialsReader {

  private static final String METHODS =
      "client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt,"
          + " tls_client_auth, bearer, none";

  /** RFC 7518 §3.2: a key for HS256 is at least as long as its hash. */
  private static final int HS256_KEY_BYTES = 32;

  private final SettingTexts texts;
  private final @Nullable String issuer;

  CredentialsReader(SettingTexts texts, @Nullable String issuer) {
    this.texts = texts;
    this.issuer = issuer;
  }

  ClientCredentials.Factory read() {
    String method = String.valueOf(texts.text(Setting.CLIENT_AUTH_METHOD));
    return switch (method) {
      case "none" -> fixed(ClientSecret.none());
      case "client_secret_basic" -> fixed(ClientSecret.basic(clientId(), clientSecret()));
      case "client_secret_post" -> fixed(ClientSecret.post(clientId(), clientSecret()));
      case "client_secret_jwt" -> clientSecretJwt();
      case "private_key_jwt" -> privateKeyJwt();
      case "tls_client_auth" -> tlsClientAuth();
      case "bearer" -> bearer();
      default -> {
        texts.mistake(Setting.CLIENT_AUTH_METHOD, "'" + method + "' is none of " + METHODS);
        yield fixed(ClientSecret.none());
      }
    };
  }

  private static ClientCredentials.Factory fixed(ClientCredentials credentials) {
    return (tokenEndpoint, http) -> credentials;
  }

  private ClientCredentials.Factory clientSecretJwt() {
    String secret = clientSecret();
    if (secret.getBytes(StandardCharsets.UTF_8).length < HS256_KEY_BYTES) {
      texts.mistake(
          Setting.CLIENT_SECRET,
          "too short for client_secret_jwt, which needs at least " + HS256_KEY_BYTES + " bytes");
      return fixed(ClientSecret.none());
    }
    return fixed(ClientAssertion.withSecret(clientId(), secret, issuer));
  }

  private ClientCredentials.Factory privateKeyJwt() {
    String clientId = clientId();
    String content = texts.fileContent(Setting.PRIVATE_KEY_FILE);
    if (content == null) {
      if (!texts.isSet(Setting.PRIVATE_KEY_FILE)) {
        texts.mistake(
            Setting.PRIVATE_KEY_FILE, "missing; write the file of the key for private_key_jwt");
      }
      return fixed(ClientSecret.none());
    }
    return texts.parse(
        Setting.PRIVATE_KEY_FILE,
        fixed(ClientSecret.none()),
        path ->
            fixed(ClientAssertion.withKey(clientId, SigningKey.parse(content), issuer).checked()));
  }

  private ClientCredentials.Factory tlsClientAuth() {
    return fixed(ClientSecret.mutualTls(clientId()));
  }

  private ClientCredentials.Factory bearer() {
    if (issuer == null && !texts.isSet(Setting.TOKEN_ENDPOINT)) {
      texts.mistake(
          Setting.TOKEN_ENDPOINT, "missing; client-auth-method=bearer needs it, or an issuer");
    }
    var authentication =
        new ClientSecretBasic(new ClientID(clientId()), new Secret(clientSecret()));
    String scope = texts.text(Setting.CLIENT_TOKEN_SCOPE);
    return (tokenEndpoint, http) -> new OwnAccessToken(tokenEndpoint, authentication, scope, http);
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

  private String clientSecret() {
    String secret = texts.secret(Setting.CLIENT_SECRET, Setting.CLIENT_SECRET_FILE);
    if (secret == null && !texts.isSet(Setting.CLIENT_SECRET_FILE)) {
      texts.mistake(Setting.CLIENT_SECRET, "missing; set it, or client-secret-file");
    }
    return secret == null || secret.isEmpty() ? "missing" : secret;
  }
}
