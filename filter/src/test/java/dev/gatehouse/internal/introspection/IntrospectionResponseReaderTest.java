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

/** RFC 7662 §2.2: what is read of an answer, and what is said of one that can't be. */
class IntrospectionResponseReaderTest {

  private static final BearerToken TOKEN = new BearerToken("mF_9.B5f-4.1JqM-mF_9.B5f-4.1JqM");

  private static TokenClaims active(String members) throws Exception {
    return IntrospectionResponseReader.read("{\"active\":true" + members + "}", TOKEN)
        .orElseThrow();
  }

  @Test
  void everyMemberIsReadAsItIs() throws Exception {
    TokenClaims answer =
        active(
            ",\"sub\":\"alice\",\"client_id\":\"app\",\"iss\":\"https://as.example\","
                + "\"aud\":\"https://mcp.example\",\"scope\":\" a  b\",\"token_type\":\"Bearer\","
                + "\"exp\":1795220542,\"nbf\":1795220242.9,\"iat\":0,\"x\":{\"y\":[1,null]}");

    assertThat(answer.subject()).isEqualTo("alice");
    assertThat(answer.clientId()).isEqualTo("app");
    assertThat(answer.issuer()).isEqualTo("https://as.example");
    assertThat(answer.audience()).containsExactly("https://mcp.example");
    assertThat(answer.scopes()).containsExactlyInAnyOrder("a", "b");
    assertThat(answer.terms().tokenType()).isEqualTo("Bearer");
    assertThat(answer.terms().bound()).isFalse();
    assertThat(answer.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_795_220_542));
    assertThat(answer.startsAt()).isEqualTo(1_795_220_242);
    assertThat(answer.claims()).hasSize(11).containsEntry("active", true).containsEntry("iat", 0);
  }

  @Test
  void whatIsAbsentStaysAbsent() throws Exception {
    TokenClaims answer = active("");

    assertThat(answer.subject()).isNull();
    assertThat(answer.clientId()).isNull();
    assertThat(answer.issuer()).isNull();
    assertThat(answer.audience()).isEmpty();
    assertThat(answer.scopes()).isEmpty();
    assertThat(answer.terms().tokenType()).isNull();
    assertThat(answer.terms().bound()).isFalse();
    assertThat(answer.expiresAt()).isNull();
    assertThat(answer.startsAt()).isZero();
    assertThat(answer.claims()).isEqualTo(Map.of("active", true));
  }

  @Test
  void arraysAndBindingsAreSeen() throws Exception {
    TokenClaims answer = active(",\"aud\":[\"a\",\"b\"],\"scope\":[\"c\"],\"cnf\":null");

    assertThat(answer.audience()).isEqualTo(List.of("a", "b"));
    assertThat(answer.scopes()).isEqualTo(Set.of("c"));
    assertThat(answer.terms().bound()).isTrue();
  }

  @Test
  void anInactiveTokenHasNothingElseToSay() throws Exception {
    assertThat(IntrospectionResponseReader.read("{\"active\":false,\"exp\":\"x\"}", TOKEN))
        .isEmpty();
  }

  @Test
  void anAnswerPrintsNeitherTheUserNorTheClaims() throws Exception {
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
          {"active":true,"iss":null}                | iss: not a string, or empty
          {"active":true,"token_type":[]}           | token_type: not a string, or empty
          {"active":true,"sub":"a\\u0007"}          | sub: has a control character
          {"active":true,"aud":[1]}                 | aud: not a string, or empty
          {"active":true,"aud":["a\\u0085"]}        | aud: has a control character
          {"active":true,"scope":1}                 | scope: neither a string nor an array of strings
          {"active":true,"scope":[1]}               | scope: not a string, or empty
          {"active":true,"scope":"a\\\\b"}          | scope: has a character that RFC 6749 §3.3 does not allow
          {"active":true,"exp":"1"}                 | exp: not a number of seconds between 1970 and the year 9999
          {"active":true,"exp":-1}                  | exp: not a number of seconds between 1970 and the year 9999
          {"active":true,"nbf":253402300800}        | nbf: not a number of seconds between 1970 and the year 9999
          {"active":true,"iat":true}                | iat: not a number of seconds between 1970 and the year 9999
          """)
  void whatIsWrongIsSaidWithoutTheValue(String body, String finding) {
    assertThatThrownBy(() -> IntrospectionResponseReader.read(body, TOKEN))
        .isInstanceOfSatisfying(
            UnusableResponseException.class, e -> assertThat(e.problem()).isEqualTo(finding));
  }

  @Test
  void theFirstAndTheLastSecondAreTimes() throws Exception {
    assertThat(active(",\"exp\":0").expiresAt()).isEqualTo(Instant.EPOCH);
    assertThat(active(",\"exp\":253402300799").expiresAt()).hasToString("9999-12-31T23:59:59Z");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          as a member of its own    | "token":"T"                        | [active, x]
          in a longer text          | "next":"https://a.example/?t=T"    | [active, x]
          in an array               | "seen":["a",["T"]]                 | [active, x]
          in an object in an array  | "seen":[{"a":{"b":"T"}}]           | [active, x]
          as a name                 | "T":1                              | [active, x]
          in an object              | "ext":{"token":"T","y":1}          | [active, ext, x]
          as what it is bound to    | "cnf":{"kid":"T"}                  | [active, cnf, x]
          not at all                | "token":"another"                  | [active, token, x]
          """)
  void noClaimHoldsTheTokenThatWasAskedAbout(String where, String member, String names)
      throws Exception {
    TokenClaims answer = active("," + member.replace("T", TOKEN.value()) + ",\"x\":1");

    assertThat(answer.claims().keySet().stream().sorted().toList()).hasToString(names);
    assertThat(answer.claims().toString()).doesNotContain(TOKEN.value());
    assertThat(answer.terms().bound()).isEqualTo(member.startsWith("\"cnf\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub", "client_id", "iss", "aud", "scope", "token_type"})
  void anAnswerThatJudgesByTheTokenItselfIsUnusable(String name) {
    assertThatThrownBy(() -> active(",\"%s\":\"%s\"".formatted(name, TOKEN.value())))
        .isInstanceOfSatisfying(
            UnusableResponseException.class,
            e -> assertThat(e.problem()).isEqualTo(name + ": repeats the token"));
  }
}
