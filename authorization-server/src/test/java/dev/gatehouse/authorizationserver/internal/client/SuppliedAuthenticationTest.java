package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.client.SuppliedAuthentication.Source;
import dev.gatehouse.authorizationserver.testing.AssertionKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The methods that a client names, and those of them that work. */
class SuppliedAuthenticationTest {
  private static final String KEYS =
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
          + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";
  private static final String URI = "https://app.example.com/jwks";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          method | others | keys | in a document | in a registration
                 |        |      | none          | client_secret_basic
                 | null   | null | none          | client_secret_basic
                 | []     |      | none          | client_secret_basic
                 | "none" |      | none          | client_secret_basic
          "none" |        |      | none          | none
          "none" |        | uri  | none          | none
          "none" | ["private_key_jwt"] | uri | none private_key_jwt | none
          "private_key_jwt" | |      | refused      | refused
          "private_key_jwt" | | uri  | private_key_jwt | private_key_jwt
          "private_key_jwt" | | keys | private_key_jwt | private_key_jwt
          "private_key_jwt" | | both | refused      | refused
          "none"            | | both | refused      | refused
          "private_key_jwt" | | private   | refused | private_key_jwt
          "private_key_jwt" | | symmetric | refused | refused
          "none"            | | private   | refused | none
          "none"            | | symmetric | refused | none
          "private_key_jwt" | ["none"] | private | refused | private_key_jwt
          "private_key_jwt" | ["none","private_key_jwt"] | uri  | private_key_jwt none | private_key_jwt
          "private_key_jwt" | ["none","private_key_jwt"] | keys | private_key_jwt none | private_key_jwt
          "private_key_jwt" | ["none","private_key_jwt"] |      | none | none
          "private_key_jwt" | ["none"]                   | uri  | private_key_jwt none | private_key_jwt
                            | ["private_key_jwt"]        | uri  | private_key_jwt      | private_key_jwt
                            | ["private_key_jwt"]        |      | refused              | refused
                            | ["tls_client_auth","none"] |      | none                 | none
                            | ["tls_client_auth"]        |      | refused              | refused
          "urn:example:new" |                            |      | refused              | refused
          "urn:example:new" | ["self_signed_tls_client_auth","private_key_jwt"] | uri | private_key_jwt | private_key_jwt
          "client_secret_post" | ["none"]                |      | none                 | client_secret_post
          "client_secret_basic" |                        |      | refused              | client_secret_basic
          "client_secret_jwt" |                          |      | refused              | refused
          "NONE"            | ["None"]                   |      | refused              | refused
                            | [null,1,["none"],{}]       |      | refused              | refused
          """,
      useHeadersInDisplayName = true)
  void methodsThatWorkAreKept(
      @Nullable String method,
      @Nullable String others,
      @Nullable String keys,
      String document,
      String registration) {
    String json =
        "{\"redirect_uris\":[\"https://app.example.com/\"]"
            + member("token_endpoint_auth_method", method)
            + member("token_endpoint_auth_methods_supported", others)
            + (keys == null ? "" : keys(keys))
            + "}";

    assertThat(methods(json, Source.DOCUMENT)).isEqualTo(document);
    assertThat(methods(json, Source.REGISTRATION)).isEqualTo(registration);
  }

  private static String member(String name, @Nullable String value) {
    return value == null ? "" : ",\"" + name + "\":" + value;
  }

  private static String keys(String kind) {
    return switch (kind) {
      case "uri" -> ",\"jwks_uri\":\"" + URI + "\"";
      case "keys" -> ",\"jwks\":" + KEYS;
      case "private" -> ",\"jwks\":" + new JWKSet(AssertionKey.ec("a").key()).toString(false);
      case "symmetric" -> ",\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}";
      case "both" -> ",\"jwks_uri\":\"" + URI + "\",\"jwks\":" + KEYS;
      default -> ",\"jwks_uri\":null,\"jwks\":null";
    };
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example.com/jwks, true",
    "https://app.example.com, true",
    "https://app.example.com:8443/jwks?x=1, true",
    "https://cdn.example.net/keys, true",
    "HTTPS://APP.EXAMPLE.COM/, true",
    "http://app.example.com/jwks, false",
    "http://127.0.0.1/jwks, false",
    "file:///etc/passwd, false",
    "https:app.example.com, false",
    "https:///jwks, false",
    "/jwks, false",
    "'', false",
    "https://user@app.example.com/jwks, false",
    "https://app.example.com/jwks#x, false",
    "https://app.example.com:99999/jwks, false",
    "https://app.example.com:0/, false",
  })
  void theAddressOfKeysIsAnHttpsUrl(String uri, boolean accepted) {
    String json =
        "{\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\"" + uri + "\"}";

    assertThat(methods(json, Source.DOCUMENT)).isEqualTo(accepted ? "private_key_jwt" : "refused");
  }

  @ParameterizedTest
  @CsvSource({"RS256, true", "ES512, true", "PS384, true", "EdDSA, false", "HS256, false"})
  void aClientThatSignsInAnotherWayThanSupportedCannotUseItsKeys(String algorithm, boolean usable) {
    String json =
        "{\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\""
            + URI
            + "\",\"token_endpoint_auth_signing_alg\":\""
            + algorithm
            + "\"}";

    assertThat(methods(json, Source.DOCUMENT)).isEqualTo(usable ? "private_key_jwt" : "refused");
  }

  @Test
  void keysAreKeptOnlyForTheMethodThatNeedsThem() throws ParseException {
    String json = "{\"jwks_uri\":\"" + URI + "\",\"token_endpoint_auth_method\":";

    assertThat(of(json + "\"none\"}", Source.DOCUMENT).orElseThrow().jwksUri()).isNull();
    assertThat(of(json + "\"private_key_jwt\"}", Source.DOCUMENT).orElseThrow().jwksUri())
        .isEqualTo(URI);
  }

  private static String methods(String json, Source source) {
    try {
      return of(json, source).map(found -> String.join(" ", found.methods())).orElse("refused");
    } catch (ParseException e) {
      throw new AssertionError(json, e);
    }
  }

  private static Optional<SuppliedAuthentication> of(String json, Source source)
      throws ParseException {
    return SuppliedAuthentication.of(ClientMetadata.parse(JSONObjectUtils.parse(json)), source);
  }
}
