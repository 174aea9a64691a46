package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The compact serialization of a JWS (RFC 7515 §3.1, §5.2). */
class CompactJwsTest {

  private static final String HEADER = encoded("{\"alg\":\"ES256\"}");
  private static final String PAYLOAD = encoded("{\"sub\":\"alice\"}");
  private static final String SIGNATURE = "c2ln";

  private static String encoded(String text) {
    return Base64Url.encode(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static CompactJws parse(String text) throws CompactJws.MalformedException {
    return CompactJws.parse(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void allPartsAreRead() throws Exception {
    CompactJws jws = parse(HEADER + "." + PAYLOAD + "." + SIGNATURE);

    assertThat(jws.header().path("alg").textValue()).isEqualTo("ES256");
    assertThat(jws.parsePayload().path("sub").textValue()).isEqualTo("alice");
    assertThat(jws.signingInput()).asString().isEqualTo(HEADER + "." + PAYLOAD);
    assertThat(jws.signature()).asString().isEqualTo("sig");
  }

  static Stream<Arguments> malformed() {
    String signed = HEADER + "." + PAYLOAD + ".";
    return Stream.of(
        Arguments.of("", "not a JWT: it has not three parts"),
        Arguments.of(HEADER, "not a JWT: it has not three parts"),
        Arguments.of(HEADER + "." + PAYLOAD, "not a JWT: it has not three parts"),
        Arguments.of(signed + SIGNATURE + ".", "not a JWT: it has not three parts"),
        Arguments.of(
            HEADER + "..a.b.c",
            "encrypted tokens (JWE) are not supported: let the authorization server sign only"),
        Arguments.of(signed, "the signature is missing, or not canonical Base64url"),
        Arguments.of(signed + "c2l", "the signature is missing, or not canonical Base64url"),
        Arguments.of(signed + "ä", "the signature is missing, or not canonical Base64url"),
        Arguments.of(signed + "A".repeat(1404), "the signature is longer than 1400 characters"),
        Arguments.of(
            "A".repeat(4100) + "." + PAYLOAD + "." + SIGNATURE,
            "the header is longer than 4096 characters"),
        Arguments.of(part(HEADER + "="), "the header is not canonical Base64url"),
        Arguments.of(part(encoded("{\"alg\":\"\u00e4\"}")), "the header is not UTF-8"),
        Arguments.of(part(encoded("[]")), "the header is not a JSON object"),
        Arguments.of(
            part(encoded("{\"alg\":1,\"alg\":1}")),
            "the header is not strict JSON: JsonParseException at character 14"));
  }

  private static String part(String header) {
    return header + "." + PAYLOAD + "." + SIGNATURE;
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void anotherFormIsRefused(String text, String problem) {
    assertThatThrownBy(() -> parse(text)).hasMessage(problem);
  }

  @Test
  void theLongestPartsAreRead() throws Exception {
    String header = encoded("{\"alg\":\"" + "x".repeat(4096 * 3 / 4 - 10) + "\"}");
    assertThat(header).hasSize(4096);

    assertThat(parse(header + "." + PAYLOAD + "." + "A".repeat(1400)).signature()).hasSize(1050);
  }

  /** A header that is refused saves parsing the payload. */
  @Test
  void thePayloadIsParsedOnDemand() throws Exception {
    CompactJws jws = parse(HEADER + ".AB." + SIGNATURE);

    assertThatThrownBy(jws::parsePayload).hasMessage("the payload is not canonical Base64url");
  }
}
