package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However large the claims of valid tokens are, the heap that they occupy has a limit. */
class LargeResponsesTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of("cache-max-bytes", "1MiB"));
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  /** An array of about 60,000 characters that repeats an element; # is a new number. */
  private static String array(String element, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> element.replace("#", Integer.toString(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one long string                 | "x#"      | 9500  | 17
          empty arrays, of three bytes    | []        | 20000 | 1
          objects with a name of its own  | {"n#":0}  | 5000  | 1
          fractions                       | 0.5       | 15000 | 3
          """)
  void theCacheHoldsFewLargeResults(String what, String element, int count, int most)
      throws Exception {
    String details = array(element, count);
    guarded.respondActive(
        "\"authorization_details\":"
            + (what.startsWith("one") ? '"' + "x".repeat(60_000) + '"' : details));
    for (int i = 0; i < 100; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }

    assertThat(guarded.filter.cache().size()).isLessThanOrEqualTo(most);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          members with names of their own | ,            | "n@x#":true | ''        | 3000 | 6
          scopes of their own             | ' '          | s@x#        | "scope":" | 500  | 31
          """)
  void theCacheHoldsFewResultsWhosePartsNoOtherHas(
      String what, String separator, String part, String start, int count, int most)
      throws Exception {
    for (int i = 0; i < 100; i++) {
      String number = Integer.toString(i);
      guarded.respondActive(
          IntStream.range(0, count)
              .mapToObj(j -> part.replace("@", number).replace("#", Integer.toString(j)))
              .collect(Collectors.joining(separator, start, start.isEmpty() ? "" : "\"")));
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }

    assertThat(guarded.filter.cache().size()).isLessThanOrEqualTo(most);
  }

  @Test
  void aLargeResultLeavesRoomForManySmallOnes() throws Exception {
    guarded.respondActive("\"authorization_details\":\"" + "x".repeat(60_000) + '"');
    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    guarded.respondActive("\"sub\":\"alice\"");
    for (int i = 0; i < 500; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }

    assertThat(guarded.filter.cache().size()).isBetween(500L, 501L);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          just under 64 KiB of ASCII  | 64KiB | a | 65000  | 200
          more than 64 KiB of ASCII   | 64KiB | a | 65500  | 503
          just under 64 KiB of UTF-8  | 64KiB | ä | 32500  | 200
          more than 64 KiB of UTF-8   | 64KiB | ä | 32750  | 503
          allowed by the setting      | 1MiB  | a | 900000 | 200
          more than the setting       | 2KiB  | a | 2000   | 503
          """)
  void aResponseBeyondTheLimitIsUnusable(
      String what, String limit, String character, int count, int status) throws Exception {
    guarded = guarded.restartedWith(Map.of("introspection-max-response", limit));
    if (status == 503) {
      log.announce("raise introspection-max-response");
    }
    guarded.respondActive("\"x\":\"" + character.repeat(count) + '"');

    assertThat(guarded.status(Secrets.token())).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "audiences, 100, 200",
    "audiences, 101, 503",
    "scopes, 500, 200",
    "scopes, 501, 503",
  })
  void aResponseWithTooManyAudiencesOrScopesIsUnusable(String what, int count, int status)
      throws Exception {
    if (status == 503) {
      log.announce("has more than " + (count - 1) + " values");
    }
    String members =
        what.equals("audiences")
            ? "\"aud\":" + array("\"" + guarded.server.mcp() + "\"", count)
            : "\"aud\":\"" + guarded.server.mcp() + "\",\"scope\":" + array("\"s#\"", count);
    guarded.as.introspection(
        json(200, "{\"active\":true,\"token_type\":\"Bearer\"," + members + "}"));

    assertThat(guarded.status(Secrets.token())).isEqualTo(status);
  }

  @Test
  void bothLimitsOfTheCacheHoldAtOnce() throws Exception {
    guarded = guarded.restartedWith(Map.of("cache-max-bytes", "1MiB", "cache-max-entries", "20"));
    guarded.respondActive("\"sub\":\"alice\"");
    for (int i = 0; i < 60; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }
    assertThat(guarded.filter.cache().size()).isEqualTo(20);

    guarded = guarded.restartedWith(Map.of("cache-max-bytes", "1MiB", "cache-max-entries", "20"));
    guarded.respondActive("\"x\":\"" + "x".repeat(60_000) + '"');
    for (int i = 0; i < 60; i++) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }
    assertThat(guarded.filter.cache().size()).isEqualTo(17);
  }
}
