package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What remains of error responses. */
class ErrorBodyTest {

  private static String cleaned(String body, int status) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String cleaned = ErrorBody.cleaned(bytes, bytes.length, status, "7");
    return cleaned == null ? body : cleaned;
  }

  private static String error(String members) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{" + members + "}}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain text",
        "<html>Not found</html>",
        "{\"error\":\"invalid_token\",\"error_description\":\"An error occurred\"}",
        "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"no\"}",
        "{ \"jsonrpc\" : \"2.0\", \"error\" : { \"code\": -32601, \"message\": \"ParseError: é\" } }",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32002,\"message\":\"x\",\"data\":{\"uri\":\"a\"}}}",
        "[1,2]",
        "{",
      })
  void aCleanBodyKeepsItsBytes(String body) {
    assertThat(cleaned(body, 400)).isEqualTo(body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Invalid message format: Unexpected character ('h')  | Invalid message format
          Session not found: 123                              | Session not found
          Error processing message: java.io.IOException: x    | Error processing message
          Failed to handle request                            | Failed to handle request
          Unsupported Media Type: Content-Type must be application/json | Unsupported Media Type: Content-Type must be application/json
          text/event-stream required in Accept header         | text/event-stream required in Accept header
          ungültig                                            | ung\\u00fcltig
          """)
  void theExceptionOfTheSdkBecomesAJsonRpcError(String message, String shown) throws IOException {
    McpError error =
        (McpError)
            McpError.builder(-32600)
                .message(message)
                .build()
                .initCause(new IllegalStateException("secret"));
    String body = new JacksonMcpJsonMapper(new JsonMapper()).writeValueAsString(error);

    assertThat(body).contains("stackTrace", "secret");
    assertThat(cleaned(body, 400))
        .isEqualTo(error("\"code\":-32600,\"message\":\"" + shown + "\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "code":1,"message":"a: java.lang.IllegalStateException: b"      | "code":1,"message":"a"
          "code":1,"message":"a (com.example.Outer$Inner.OddError)"       | "code":1,"message":"a"
          "code":1,"message":"NullPointerException"                       | "code":1,"message":"Internal error"
          "code":1,"message":"a\\n\\tat com.example.A.b(A.java:1)"        | "code":1,"message":"a"
          "code":1,"message":"a\\n  Caused by: Foo"                       | "code":1,"message":"a"
          "code":1,"message":"a","data":"x\\n\\tat a.B.c(B.java)"         | "code":1,"message":"a"
          "code":1,"message":"a","data":{"b":[{"stackTrace":[]}]}         | "code":1,"message":"a"
          "code":-32603,"message":"a","data":"Odd: a\\n  Caused by: B: c" | "code":-32603,"message":"a"
          "code":-32603,"message":"a","data":"Odd"                        | "code":-32603,"message":"a"
          "code":1,"message":"a","data":{"b":"é"},"stackTrace":[1]        | "code":1,"message":"a","data":{"b":"\\u00e9"}
          """)
  void exceptionsAreCutOutOfJsonRpcErrors(String members, String expected) {
    assertThat(cleaned(error(members), 500)).isEqualTo(error(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<pre>java.lang.IllegalStateException: secret</pre>",
        "secret\n\tat com.example.A.b(A.java:1)",
        "{\"status\":500,\"trace\":\"java.lang.IllegalStateException: secret\"}",
        "{\"cause\":null,\"stackTrace\":[],\"message\":\"secret\"}",
        "{\"stackTrace\":[],\"message\":\"secret\",\"message\":\"secret\"}",
        "{\"result\":{\"tools\":[{\"name\":\"secret\"}]}}",
        "[{\"error\":{\"code\":1,\"message\":\"secret\",\"data\":\"FooException\"}}]",
        "{\"error\":{\"code\":1,\"message\":\"secret\"},\"suppressed\":[]}",
      })
  void otherBodiesWithExceptionsAreReplaced(String body) {
    assertThat(cleaned(body, 500))
        .isEqualTo(error("\"code\":-32603,\"message\":\"Internal error\""));
    assertThat(cleaned(body, 404)).isEqualTo(error("\"code\":-32600,\"message\":\"Not found\""));
  }

  @Test
  void theResponsesOwnIdIsKept() {
    String body =
        error("\"code\":-32603,\"message\":\"a\",\"data\":\"x\"").replace(":7,", ":\"é\",");

    assertThat(cleaned(body, 500))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"\\u00e9\",\"error\":{\"code\":-32603,\"message\":\"a\"}}");
  }

  /** The caller can have a text of its own repeated, such as the name of a method. */
  @ParameterizedTest
  @ValueSource(strings = {"a.", "a", " at ", "\n ", "Error", "aException.", "\n at a(", "aError "})
  void readingTakesTimeInProportionToTheLength(String part) {
    String text = part.repeat(200_000);

    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> ErrorText.leaks(text));
    assertThat(ErrorText.leaks(text + " FooException")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "Server is shutting down, Server is shutting down",
    "x.FooException: a, Not found",
    ",Not found"
  })
  void aMessageOfTheServletIsShownUnlessItNamesAnException(String message, String shown) {
    assertThat(ErrorBody.withMessage(404, message, null))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"%s\"}}"
                .formatted(shown));
  }
}
