package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.RawClient.RawAnswer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 9728: the document and the manners with which it is served. */
class MetadataTest {

  private static final String PATH = "/.well-known/oauth-protected-resource/mcp";

  @RegisterExtension final LogWatch log = new LogWatch();

  private static RawAnswer ask(GuardedServer guarded, String requestLine, String... headerLines)
      throws IOException {
    // Its Host names another machine, which must show nowhere.
    return RawClient.send(
        guarded.server.port(), RawClient.request(requestLine, Arrays.asList(headerLines)));
  }

  @Test
  void theDocumentSaysWhatIsSetAndLeavesOutWhatIsNot() throws Exception {
    try (var guarded = new GuardedServer(Map.of())) {
      RawAnswer answer = ask(guarded, "GET " + PATH, "X-Forwarded-Host: evil.example");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).containsExactly("application/json");
      assertThat(answer.header("Access-Control-Allow-Origin")).containsExactly("*");
      assertThat(answer.header("Cache-Control")).containsExactly("public, max-age=3600");
      assertThat(answer.body())
          .isEqualTo(
              "{\"resource\":\"%s\",\"authorization_servers\":[\"%s\"],"
                      .formatted(guarded.server.mcp(), guarded.as.issuer())
                  + "\"bearer_methods_supported\":[\"header\"]}");
      assertThat(answer.header("Content-Length")).containsExactly("" + answer.body().length());
    }
  }

  @Test
  void everyMemberComesFromItsSetting() throws Exception {
    try (var guarded =
        new GuardedServer(
            Map.of(
                "authorization-servers", "https://one.example https://two.example/x",
                "scopes-supported", "b a",
                "resource-name", "Notes \"and\" more",
                "resource-documentation", "https://docs.example/mcp"))) {
      assertThat(ask(guarded, "GET " + PATH).body())
          .isEqualTo(
              "{\"resource\":\"%s\",".formatted(guarded.server.mcp())
                  + "\"authorization_servers\":[\"https://one.example\",\"https://two.example/x\"],"
                  + "\"scopes_supported\":[\"b\",\"a\"],\"bearer_methods_supported\":[\"header\"],"
                  + "\"resource_name\":\"Notes \\\"and\\\" more\","
                  + "\"resource_documentation\":\"https://docs.example/mcp\"}");
    }
  }

  @Test
  void whoHasItAlreadyIsToldThatItHasNotChanged() throws Exception {
    try (var guarded = new GuardedServer(Map.of())) {
      List<String> tag = ask(guarded, "GET " + PATH).header("ETag");
      assertThat(tag).singleElement().asString().matches("\"[0-9a-f-]+\"");

      RawAnswer unchanged = ask(guarded, "GET " + PATH, "If-None-Match: " + tag.get(0));
      RawAnswer changed = ask(guarded, "GET " + PATH, "If-None-Match: \"other\"");

      assertThat(unchanged.status()).isEqualTo(304);
      assertThat(unchanged.body()).isEmpty();
      assertThat(unchanged.header("ETag")).isEqualTo(tag);
      assertThat(changed.status()).isEqualTo(200);
    }
  }

  @Test
  void headTellsTheSameWithoutTheBody() throws Exception {
    try (var guarded = new GuardedServer(Map.of())) {
      RawAnswer get = ask(guarded, "GET " + PATH);
      RawAnswer head = ask(guarded, "HEAD " + PATH);

      assertThat(head.body()).isEmpty();
      for (String name : List.of("Content-Type", "Content-Length", "ETag", "Cache-Control")) {
        assertThat(head.header(name)).as(name).isEqualTo(get.header(name));
      }
    }
  }

  @Test
  void otherMethodsLearnWhichThereAreAndPagesMayAskFirst() throws Exception {
    try (var guarded = new GuardedServer(Map.of())) {
      RawAnswer post = ask(guarded, "POST " + PATH);
      assertThat(post.status()).isEqualTo(405);
      assertThat(post.header("Allow")).containsExactly("GET, HEAD, OPTIONS");

      RawAnswer preflight =
          ask(
              guarded,
              "OPTIONS " + PATH,
              "Origin: https://inspector.example",
              "Access-Control-Request-Method: GET",
              "Access-Control-Request-Headers: mcp-protocol-version");
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.header("Access-Control-Allow-Origin")).containsExactly("*");
      assertThat(preflight.header("Access-Control-Allow-Methods"))
          .containsExactly("GET, HEAD, OPTIONS");
      assertThat(preflight.header("Access-Control-Allow-Headers"))
          .containsExactly("*, Authorization, MCP-Protocol-Version");
      assertThat(preflight.header("Access-Control-Allow-Credentials")).isEmpty();
    }
  }
}
