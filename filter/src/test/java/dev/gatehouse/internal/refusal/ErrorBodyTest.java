package dev.gatehouse.internal.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies are JSON whatever they repeat, and say no more than intended. */
class ErrorBodyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> VERSIONS = List.of("2025-06-18", "2025-11-25");

  private static JsonNode body(Refusal refusal) throws Exception {
    return JSON.readTree(ErrorBody.of(ErrorResponse.to(refusal.reason()), refusal.mcp(), VERSIONS));
  }

  @ParameterizedTest
  @CsvSource({
    "MCP_DENIED, -32600",
    "MCP_BODY, -32700",
    "MCP_BODY_SIZE, -32600",
    "MCP_MEDIA_TYPE, -32600",
    "MCP_HEADERS, -32020",
    "MCP_VERSION, -32022",
    "SESSION, -32001",
  })
  void aRefusedMessageGetsAnErrorOfJsonRpcWithItsId(Reason reason, int code) throws Exception {
    JsonNode body = body(Refusal.because(reason, "secret detail").ofRequest("\"a\""));

    assertThat(body.get("jsonrpc").asText()).isEqualTo("2.0");
    assertThat(body.get("id").asText()).isEqualTo("a");
    assertThat(body.at("/error/code").asInt()).isEqualTo(code);
    assertThat(body.at("/error/message").asText()).isNotEmpty().doesNotContain("secret");
    assertThat(body.get("error").has("data")).isFalse();
    assertThat(body(Refusal.because(reason, "")).get("id").isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"SCOPE", "AUTHENTICATION", "NO_CREDENTIALS", "ORIGIN", "BUSY"})
  void otherRefusalsGetAnErrorOfOAuth(Reason reason) throws Exception {
    JsonNode body = body(Refusal.because(reason, "").ofRequest("1"));

    assertThat(body.fieldNames()).toIterable().containsExactly("error", "error_description");
  }

  @Test
  void anUnsupportedVersionIsNamedWithTheSupportedOnes() throws Exception {
    JsonNode body = body(Refusal.because(Reason.MCP_VERSION, "").ofVersion("2030-01-01"));

    assertThat(body.at("/error/data"))
        .isEqualTo(
            JSON.readTree(
                "{\"supported\":[\"2025-06-18\",\"2025-11-25\"],\"requested\":\"2030-01-01\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "\\", "\n", "\u0000", "ä", "\u2028", "\ud800", "</script>"})
  void whateverTheCallerSentIsRepeatedAsJsonInAscii(String version) throws Exception {
    String body =
        ErrorBody.of(
            ErrorResponse.UNSUPPORTED_VERSION,
            Refusal.because(Reason.MCP_VERSION, "").ofVersion(version).mcp(),
            VERSIONS);

    assertThat(body).isPrintable();
    assertThat(JSON.readTree(body).at("/error/data/requested").asText()).isEqualTo(version);
  }

  @Test
  void aLongVersionIsCut() throws Exception {
    JsonNode body = body(Refusal.because(Reason.MCP_VERSION, "").ofVersion("1".repeat(9999)));

    assertThat(body.at("/error/data/requested").asText()).hasSize(67).endsWith("1...");
  }

  @Test
  void aToolResultHoldsTheChallengeAndATextForPeople() throws Exception {
    String challenge = "Bearer scope=\"a b\", error=\"insufficient_scope\"";
    JsonNode body =
        JSON.readTree(
            ErrorBody.toolResult(
                "7", ErrorResponse.INSUFFICIENT_SCOPE, challenge, List.of("a", "b")));

    assertThat(body.get("id").asInt()).isEqualTo(7);
    JsonNode result = body.get("result");
    assertThat(result.get("isError").asBoolean()).isTrue();
    assertThat(result.get("resultType").asText()).isEqualTo("complete");
    assertThat(result.at("/content/0"))
        .isEqualTo(
            JSON.readTree(
                "{\"type\":\"text\",\"text\":\"The access token does not allow this. Get a new"
                    + " token with the scopes a b, then call again.\"}"));
    assertThat(result.get("_meta").get("mcp/www_authenticate").get(0).asText())
        .isEqualTo(challenge);
  }
}
