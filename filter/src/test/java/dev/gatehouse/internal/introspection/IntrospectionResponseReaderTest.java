package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which claims are read from an introspection response, and why it is refused (RFC 7662 §2.2). */
class IntrospectionResponseReaderTest {

  private static final BearerToken TOKEN = new BearerToken("mF_9.B5f-4.1JqM-mF_9.B5f-4.1JqM");

  private static TokenClaims active(String members) throws Exception {
    return IntrospectionResponseReader.read("{\"active\":true" + members + "}", TOKEN, List.of())
        .orElseThrow();
  }

  @Test
  void everyMemberIsRead() throws Exception {
    TokenClaims claims =
        active(
            ",\"sub\":\"alice\",\"client_id\":\"app\",\"iss\":\"https://as.example\","
                + "\"aud\":\"https://mcp.example\",\"scope\":\" a  b\",\"token_type\":\"Bearer\","
                + "\"exp\":1795220542,\"nbf\":1795220242.9,\"iat\":0,\"x\":{\"y\":[1,null]}");

    assertThat(claims.subject()).isEqualTo("alice");
    assertThat(claims.clientId()).isEqualTo("app");
    assertThat(claims.issuer()).isEqualTo("https://as.example");
    assertThat(claims.audience()).containsExactly("https://mcp.example");
    assertThat(claims.scopes()).containsExactlyInAnyOrder("a", "b");
    assertThat(claims.terms().tokenType()).isEqualTo("Bearer");
    assertThat(claims.terms().bound()).isFalse();
    assertThat(claims.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_795_220_542));
    assertThat(claims.startsAt()).isEqualTo(1_795_220_242);
    assertThat(claims.claims()).hasSize(11).containsEntry("active", true).containsEntry("iat", 0);
  }

  @Test
  void absentMembersHaveNoDefault() throws Exception {
    TokenClaims claims = active("");

    assertThat(claims.subject()).isNull();
    assertThat(claims.clientId()).isNull();
    assertThat(claims.issuer()).isNull();
    assertThat(claims.audience()).isEmpty();
    assertThat(claims.scopes()).isEmpty();
    assertThat(claims.terms().tokenType()).isNull();
    assertThat(claims.terms().bound()).isFalse();
    assertThat(claims.expiresAt()).isNull();
    assertThat(claims.startsAt()).isZero();
    assertThat(claims.claims()).isEqualTo(Map.of("active", true));
  }

  @Test
  void nullMembersAndAnEmptySubAreAbsent() throws Exception {
    TokenClaims claims =
        active(
            """
            ,"sub":"","client_id":null,"iss":null,"aud":null,"scope":null,"token_type":null,
            "typ":null,"token_use":null,"cnf":null,"exp":null,"nbf":null,"iat":null,
            "username":null,"x":null""");

    assertThat(claims).isEqualTo(active(""));
  }

  @Test
  void timesBefore1970AreRead() throws Exception {
    assertThat(active(",\"exp\":0").expiresAt()).isEqualTo(Instant.EPOCH);
    assertThat(active(",\"exp\":-1").expiresAt()).hasToString("1969-12-31T23:59:59Z");
    assertThat(active(",\"exp\":-1e300").expiresAt()).hasToString("0001-01-01T00:00:00Z");
    assertThat(active(",\"nbf\":-1e400").startsAt()).isEqualTo(-62_135_596_800L);
  }

  @Test
  void arraysAndAConfirmationClaimAreRead() throws Exception {
    TokenClaims claims = active(",\"aud\":[\"a\",\"b\"],\"scope\":[\"c\"],\"cnf\":{}");

    assertThat(claims.audience()).isEqualTo(List.of("a", "b"));
    assertThat(claims.scopes()).isEqualTo(Set.of("c"));
    assertThat(claims.terms().bound()).isTrue();
  }

  @Test
  void otherMembersOfAnInactiveTokenAreIgnored() throws Exception {
    assertThat(
            IntrospectionResponseReader.read("{\"active\":false,\"exp\":\"x\"}", TOKEN, List.of()))
        .isEmpty();
  }

  @Test
  void toStringContainsNeitherTheUserNorTheOtherClaims() throws Exception {
    assertThat(active(",\"sub\":\"alice\",\"client_id\":\"app\",\"aud\":\"m\",\"email\":\"a@b\""))
        .hasToString("TokenClaims[clientId=app, audience=[m]]");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                        | active: missing or not a boolean
          {"active":"true"}                         | active: missing or not a boolean
          []                                        | not a JSON object
          {"active":true,"active":true}             | not strict JSON: JsonParseException at character 23
          {"active":true                            | not strict JSON: JsonEOFException at character 14
          {"active":true,"sub":1}                   | sub: not a string, or empty
          {"active":true,"client_id":""}            | client_id: not a string, or empty
          {"active":true,"iss":""}                  | iss: not a string, or empty
          {"active":true,"sub":{}}                  | sub: not a string, or empty
          {"active":true,"typ":1}                   | typ: not a string, or empty
          {"active":true,"token_use":""}            | token_use: not a string, or empty
          {"active":null}                           | active: missing or not a boolean
          {"active":true,"aud":[null]}              | aud: not a string, or empty
          {"active":true,"scope":[null]}            | scope: not a string, or empty
          {"active":true,"exp":null,"exp":1}        | not strict JSON: JsonParseException at character 31
          {"active":true,"token_type":[]}           | token_type: not a string, or empty
          {"active":true,"sub":"a\\u0007"}          | sub: has a control character
          {"active":true,"sub":"alice\\ud83d"}       | sub: has an unpaired surrogate
          {"active":true,"sub":"\\ude00\\ud83d"}      | sub: has an unpaired surrogate
          {"active":true,"aud":[1]}                 | aud: not a string, or empty
          {"active":true,"aud":["a\\u0085"]}        | aud: has a control character
          {"active":true,"scope":1}                 | scope: neither a string nor an array of strings
          {"active":true,"scope":[1]}               | scope: not a string, or empty
          {"active":true,"scope":"a\\\\b"}          | scope: has a character that RFC 6749 §3.3 does not allow
          {"active":true,"exp":"1"}                 | exp: not a number of seconds, or after the year 9999
          {"active":true,"nbf":253402300800}        | nbf: not a number of seconds, or after the year 9999
          {"active":true,"iat":true}                | iat: not a number of seconds, or after the year 9999
          """)
  void theProblemIsNamedWithoutTheValue(String body, String problem) {
    assertThatThrownBy(() -> IntrospectionResponseReader.read(body, TOKEN, List.of()))
        .isInstanceOfSatisfying(
            UnusableResponseException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }

  @Test
  void theLastSupportedSecondIsRead() throws Exception {
    assertThat(active(",\"exp\":253402300799").expiresAt()).hasToString("9999-12-31T23:59:59Z");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          as a member               | "token":"T"                        | [active, x]
          inside a string           | "next":"https://a.example/?t=T"    | [active, x]
          in an array               | "seen":["a",["T"]]                 | [active, x]
          in an object in an array  | "seen":[{"a":{"b":"T"}}]           | [active, x]
          as a name                 | "T":1                              | [active, x]
          in an object              | "ext":{"token":"T","y":1}          | [active, ext, x]
          in the confirmation       | "cnf":{"kid":"T"}                  | [active, cnf, x]
          absent                    | "token":"another"                  | [active, token, x]
          """)
  void noClaimContainsTheIntrospectedToken(String where, String member, String names)
      throws Exception {
    TokenClaims claims = active("," + member.replace("T", TOKEN.value()) + ",\"x\":1");

    assertThat(claims.claims().keySet().stream().sorted().toList()).hasToString(names);
    assertThat(claims.claims().toString()).doesNotContain(TOKEN.value());
    assertThat(claims.terms().bound()).isEqualTo(member.startsWith("\"cnf\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub", "client_id", "iss", "aud", "scope", "token_type"})
  void aVerifiedMemberThatContainsTheTokenMakesTheResponseUnusable(String name) {
    assertThatThrownBy(() -> active(",\"%s\":\"%s\"".formatted(name, TOKEN.value())))
        .isInstanceOfSatisfying(
            UnusableResponseException.class,
            e -> assertThat(e.problem()).isEqualTo(name + ": repeats the token"));
  }

  @Test
  void aWholeCharacterBeyondTheBasicPlaneIsAllowed() throws Exception {
    String body = "{\"active\":true,\"sub\":\"\\ud83d\\ude00\"}";

    assertThat(IntrospectionResponseReader.read(body, TOKEN, List.of()).orElseThrow().subject())
        .isEqualTo("\ud83d\ude00");
  }

  @Test
  void aSignOfAUserCountsEvenIfItRepeatsTheToken() throws Exception {
    String body = "{\"active\":true,\"client_id\":\"app\",\"sid\":\"" + TOKEN.value() + "\"}";

    TokenClaims claims = IntrospectionResponseReader.read(body, TOKEN, List.of()).orElseThrow();

    assertThat(claims.claims()).doesNotContainKey("sid");
    assertThat(claims.isOfUnknownUser()).isTrue();
    assertThat(claims.isOfClientItself()).isFalse();
  }
}
