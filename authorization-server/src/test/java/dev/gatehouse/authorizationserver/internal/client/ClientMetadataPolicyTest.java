package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.client.ClientMetadataPolicy.Accepted;
import dev.gatehouse.authorizationserver.internal.client.ClientMetadataPolicy.Outcome;
import dev.gatehouse.authorizationserver.internal.client.ClientMetadataPolicy.Refused;
import dev.gatehouse.authorizationserver.internal.client.SuppliedAuthentication.Source;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.minidev.json.JSONObject;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7591 §2, without HTTP: {@code RegistrationTest} sends the same over the network. */
class ClientMetadataPolicyTest {
  private static final String REDIRECT = "\"redirect_uris\":[\"https://app.example.com/cb\"]";
  private static final String EC_KEY =
      "{\"kty\":\"EC\",\"crv\":\"P-256\","
          + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"%s}";

  @Test
  void metadataWithRedirectUrisAloneGetsTheDefaults() {
    Accepted accepted = accepted("{" + REDIRECT + "}");

    assertThat(accepted.name()).isNull();
    assertThat(accepted.redirectUris()).containsExactly("https://app.example.com/cb");
    assertThat(accepted.grantTypes()).containsExactly("authorization_code", "refresh_token");
    assertThat(accepted.scopes()).containsExactly("notes:read", "notes:write");
    assertThat(accepted.authentication())
        .isEqualTo(new SuppliedAuthentication(Set.of("none"), null, null));
  }

  @Test
  void theClientThatIsBuiltHasNoMorePowersThanTheMetadata() {
    RegisteredClient client =
        accepted("{" + REDIRECT + ",\"client_name\":\"App\"}").client("id").build();

    assertThat(client.id()).isEqualTo("id");
    assertThat(client.name()).isEqualTo("App");
    assertThat(client.selfRegistered()).isTrue();
    assertThat(client.mayIntrospect()).isFalse();
    assertThat(client.mayUse("client_credentials")).isFalse();
    assertThat(accepted("{" + REDIRECT + "}").client("id").build().name()).isEqualTo("id");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          only codes                  | ["authorization_code"]                    | authorization_code
          both, in the order sent     | ["refresh_token","authorization_code"]    | refresh_token,authorization_code
          others are left out         | ["authorization_code","client_credentials","password","urn:x"] | authorization_code
          an empty list               | []                                        | authorization_code,refresh_token
          """)
  void onlyGrantTypesThatNeedAUserAreKept(String what, String grantTypes, String kept) {
    assertThat(accepted("{" + REDIRECT + ",\"grant_types\":" + grantTypes + "}").grantTypes())
        .containsExactlyInAnyOrder(kept.split(",", -1));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no redirect_uris                | {}                                          | invalid_redirect_uri
          an empty list of redirect_uris  | {"redirect_uris":[]}                        | invalid_redirect_uri
          only refresh tokens             | {REDIRECT,"grant_types":["refresh_token"]}  | invalid_client_metadata
          only unknown grants             | {REDIRECT,"grant_types":["urn:x"]}          | invalid_client_metadata
          an implicit response type       | {REDIRECT,"response_types":["token"]}       | invalid_client_metadata
          a hybrid response type          | {REDIRECT,"response_types":["code token"]}  | invalid_client_metadata
          no response type                | {REDIRECT,"response_types":[]}              | invalid_client_metadata
          an unknown method               | {REDIRECT,"token_endpoint_auth_method":"x"} | invalid_client_metadata
          a method in another case        | {REDIRECT,"token_endpoint_auth_method":"NONE"} | invalid_client_metadata
          a shared key for assertions     | {REDIRECT,"token_endpoint_auth_method":"client_secret_jwt"} | invalid_client_metadata
          keys by plain http              | {REDIRECT,"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://app.example.com/jwks"} | invalid_client_metadata
          an empty set of keys            | {REDIRECT,"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[]}} | invalid_client_metadata
          a symmetric key                 | {REDIRECT,"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"oct","k":"AAAA"}]}} | invalid_client_metadata
          """)
  void metadataThatCannotWorkIsRefused(String what, String json, String error) {
    Outcome outcome = check(json.replace("REDIRECT", REDIRECT));

    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(((Refused) outcome).error().getCode()).isEqualTo(error);
    assertThat(((Refused) outcome).error().getHTTPStatusCode()).isEqualTo(400);
  }

  @Test
  void codeMayBeOneOfSeveralResponseTypes() {
    assertThat(accepted("{" + REDIRECT + ",\"response_types\":[\"token\",\"code\"]}")).isNotNull();
  }

  @Test
  void keysAreKeptOnlyForTheMethodThatNeedsThem() {
    String jwks = ",\"jwks\":{\"keys\":[" + EC_KEY.formatted("") + "]}";

    assertThat(
            accepted("{" + REDIRECT + jwks + ",\"token_endpoint_auth_method\":\"private_key_jwt\"}")
                .authentication()
                .jwks())
        .contains("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4");
    assertThat(accepted("{" + REDIRECT + jwks + "}").authentication().jwks()).isNull();
  }

  @Test
  void thePrivatePartOfAKeyThatAClientRegistersByMistakeIsNotKept() {
    String secret = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
    String jwks = ",\"jwks\":{\"keys\":[" + EC_KEY.formatted(",\"d\":\"" + secret + "\"") + "]}";

    assertThat(
            ((Accepted)
                    check(
                        "{"
                            + REDIRECT
                            + jwks
                            + ",\"token_endpoint_auth_method\":\"private_key_jwt\"}",
                        Source.REGISTRATION))
                .authentication()
                .jwks())
        .contains("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4")
        .doesNotContain(secret)
        .doesNotContain("\"d\"");
  }

  @Test
  void twentyRedirectUrisAreTheMost() {
    assertThat(accepted(redirectUris(20)).redirectUris()).hasSize(20);
    assertThat(check(redirectUris(21))).isInstanceOf(Refused.class);
  }

  @Test
  void aRedirectUriHasAtMostTwoThousandCharacters() {
    String longest = "https://app.example.com/" + "x".repeat(2_000 - 24);

    assertThat(check("{\"redirect_uris\":[\"" + longest + "\"]}")).isInstanceOf(Accepted.class);
    assertThat(check("{\"redirect_uris\":[\"" + longest + "x\"]}")).isInstanceOf(Refused.class);
  }

  @Test
  void oneIllegalRedirectUriAmongOthersIsEnough() {
    assertThat(
            check(
                "{\"redirect_uris\":[\"https://a.example.com/\",\"http://evil.example.com/\","
                    + "\"https://b.example.com/\"]}"))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          plain                   | My app                        | My app
          white space is one space | a \\t\\r\\n b\\u2003c        | a b c
          control characters      | a\\u0000\\u0007b              | a b
          right-to-left override  | a\\u202eb                     | a b
          zero-width characters   | a\\u200b\\ufeffb              | a b
          half of a character     | a\\ud83db                     | a b
          letters without a shape | a\\u3164\\u115f\\u2800\\uffa0b | a b
          marks without a shape   | a\\u034f\\ufe0fb            | a b
          marks in a heap         | a\\u0336\\u0336\\u0336\\u0336\\u0336\\u0353b | a\u0336\u0336\u0336\u0336b
          a letter with two marks | e\\u0302\\u0301             | e\u0302\u0301
          around it               | \\u0020\\u0009 a \\u0020      | a
          an emoji                | \\ud83d\\ude00                | \ud83d\ude00
          """)
  void namesAreCleanedForTheConsentPage(String what, String sent, String name) {
    assertThat(accepted("{" + REDIRECT + ",\"client_name\":\"" + sent + "\"}").name())
        .isEqualTo(name);
  }

  @Test
  void aNameThatIsNothingButBlanksIsNone() {
    assertThat(accepted("{" + REDIRECT + ",\"client_name\":\" \\u200b\\t \"}").name()).isNull();
    assertThat(accepted("{" + REDIRECT + ",\"client_name\":\"\\u00a0\\u2028\"}").name()).isNull();
    assertThat(accepted("{" + REDIRECT + ",\"client_name\":\"\\u3164\\u2800\"}").name()).isNull();
    assertThat(accepted("{" + REDIRECT + ",\"client_name\":\"\"}").name()).isNull();
  }

  @Test
  void aNameHasAtMostAHundredCharacters() {
    assertThat(name("x".repeat(100))).isEqualTo("x".repeat(100));
    assertThat(name("x".repeat(101))).isEqualTo("x".repeat(100));
  }

  @Test // half of a character becomes a question mark in UTF-8
  void aNameIsNotCutInTheMiddleOfACharacter() {
    assertThat(name("x".repeat(98) + "\ud83d\ude00")).isEqualTo("x".repeat(98) + "\ud83d\ude00");
    assertThat(name("x".repeat(99) + "\ud83d\ude00")).isEqualTo("x".repeat(99));
    assertThat(name("x".repeat(100) + "\ud83d\ude00")).isEqualTo("x".repeat(100));
  }

  @Test
  void theScopesAreThoseOfTheServerWhateverTheClientRequests() {
    assertThat(accepted("{" + REDIRECT + ",\"scope\":\"admin introspect\"}").scopes())
        .containsExactly("notes:read", "notes:write");
  }

  @RepeatedTest(4)
  void noMetadataThrowsAnythingUnexpectedAndNoneGivesPowers(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> names =
        List.of(
            "redirect_uris",
            "grant_types",
            "response_types",
            "token_endpoint_auth_method",
            "jwks",
            "jwks_uri",
            "token_endpoint_auth_methods_supported",
            "token_endpoint_auth_signing_alg",
            "client_name",
            "client_name#de",
            "client_name#",
            "scope",
            "contacts",
            "logo_uri",
            "software_statement",
            "authorization_details_types",
            "application_type",
            "id_token_signed_response_alg",
            "post_logout_redirect_uris",
            "default_max_age",
            "client_secret_expires_at",
            "federation_entity",
            "backchannel_token_delivery_mode");
    List<String> values =
        List.of(
            "null",
            "1",
            "true",
            "\"\"",
            "\"x y\"",
            "\"::\"",
            "[]",
            "[null]",
            "[1]",
            "[[null]]",
            "{}",
            "{\"keys\":null}",
            "{\"keys\":[null]}",
            "{\"keys\":[1]}",
            "{\"keys\":[{}]}",
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AA\",\"oth\":[{}]}]}",
            "{\"keys\":[{\"kty\":null}]}",
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":null,\"e\":1}]}",
            "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AA\",\"x5c\":[null]}]}",
            "[\"authorization_code\"]",
            "[\"client_credentials\"]",
            "[\"code\"]",
            "[\"none\",\"private_key_jwt\",null,1]",
            "\"https://a.example.com/jwks\"",
            "\"none\"",
            "\"private_key_jwt\"",
            "[\"https://a.example.com/\"]",
            "{\"a\":[null]}",
            "1e999",
            "\"\\ud83d\"",
            "[{\"type\":null}]");
    for (int i = 0; i < 5_000; i++) {
      StringBuilder body = new StringBuilder("{" + REDIRECT);
      for (int members = random.nextInt(4); members >= 0; members--) {
        body.append(",\"")
            .append(names.get(random.nextInt(names.size())))
            .append("\":")
            .append(values.get(random.nextInt(values.size())));
      }
      String json = body.append('}').toString();

      assertThatCode(() -> expectNoPowers(json)).as(json).doesNotThrowAnyException();
    }
  }

  private static void expectNoPowers(String json) throws ParseException {
    Map<String, Object> members = JSONObjectUtils.parse(json);
    ClientMetadata metadata;
    try {
      metadata = UntrustedInput.parse("json", () -> ClientMetadata.parse(new JSONObject(members)));
    } catch (ParseException e) {
      return; // both callers expect it
    }
    if (ClientMetadataPolicy.check(metadata, Set.of("notes:read"), Source.DOCUMENT)
        instanceof Accepted accepted) {
      RegisteredClient client = accepted.client("id").build();
      assertThat(client.selfRegistered()).isTrue();
      assertThat(client.mayIntrospect()).isFalse();
      assertThat(client.mayUse("client_credentials")).isFalse();
      assertThat(client.scopes()).containsExactly("notes:read");
    }
  }

  private static String redirectUris(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"https://app.example.com/" + i + "\"")
        .collect(Collectors.joining(",", "{\"redirect_uris\":[", "]}"));
  }

  private static String name(String sent) {
    String name = accepted("{" + REDIRECT + ",\"client_name\":\"" + sent + "\"}").name();
    return name == null ? "" : name;
  }

  private static Accepted accepted(String json) {
    Outcome outcome = check(json);
    assertThat(outcome).as(json).isInstanceOf(Accepted.class);
    return (Accepted) outcome;
  }

  private static Outcome check(String json) {
    return check(json, Source.DOCUMENT);
  }

  private static Outcome check(String json, Source source) {
    try {
      return ClientMetadataPolicy.check(
          ClientMetadata.parse(JSONObjectUtils.parse(json)),
          new LinkedHashSet<>(List.of("notes:read", "notes:write")),
          source);
    } catch (ParseException e) {
      throw new AssertionError(json, e);
    }
  }
}
