package dev.gatehouse;

import static dev.gatehouse.FilteredBodies.CLEAN;
import static dev.gatehouse.FilteredBodies.FILTERED;
import static dev.gatehouse.FilteredBodies.LEAK;
import static dev.gatehouse.FilteredBodies.LIST;
import static dev.gatehouse.FilteredBodies.LONG_FILTERED;
import static dev.gatehouse.FilteredBodies.LONG_LIST;
import static dev.gatehouse.FilteredBodies.assertLength;
import static dev.gatehouse.FilteredBodies.post;
import static dev.gatehouse.FilteredBodies.send;
import static dev.gatehouse.FilteredBodies.start;
import static dev.gatehouse.FilteredBodies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FilteredBodies.Action;
import dev.gatehouse.testing.RawClient.RawResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filtered bodies of servlets that write in every way, on real containers. */
class FilteredBodiesTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aListIsFilteredHoweverItsServletWritesIt(Container container) throws Exception {
    for (boolean isLong : new boolean[] {false, true}) {
      Map<String, Action> ways =
          WaysOfWriting.of("application/json;charset=utf-8", isLong ? LONG_LIST : LIST);
      try (Container.Running server = start(container, directory, ways)) {
        for (String way : ways.keySet()) {
          RawResponse response = post(server, way);

          assertThat(response.status()).as(way).isEqualTo(200);
          assertThat(text(response)).as(way).isEqualTo(isLong ? LONG_FILTERED : FILTERED);
          assertLength(response, way);
          assertThat(text(post(server, way, "X-Errors-Only: 1")))
              .as(way)
              .isEqualTo(isLong ? LONG_LIST : LIST);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anEventStreamIsFilteredHoweverItsServletWritesIt(Container container) throws Exception {
    for (String list : List.of(LIST, LONG_LIST)) {
      String stream = ": c\n\nid: 1\ndata: " + list + "\n\ndata: {\"method\":\"x\"}\r\n\r\n";
      Map<String, Action> ways = WaysOfWriting.of("text/event-stream;charset=utf-8", stream);
      try (Container.Running server = start(container, directory, ways)) {
        for (String way : ways.keySet()) {
          for (String method : List.of("GET", "POST")) {
            RawResponse response = send(server, method, way);

            assertThat(response.status()).as(way).isEqualTo(200);
            assertThat(text(response))
                .as(way)
                .isEqualTo(stream.replace("{\"name\":\"hidden\"},", ""));
          }
          assertThat(text(post(server, way, "X-Errors-Only: 1"))).as(way).isEqualTo(stream);
        }
      }
    }
  }

  /** A large event is recognized by its beginning, and its rest is not read. */
  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anErrorIsCleanedAfterALargeEventThatPasses(Container container) throws Exception {
    String bad = "{\"error\":{\"code\":-32603,\"message\":\"x\",\"data\":\"FooException\"}}";
    String good = "{\"error\":{\"code\":-32603,\"message\":\"x\"}}";
    for (String end : List.of("\n", "\r", "\r\n")) {
      String large = "id: 1" + end + "data: " + LONG_LIST + end + "data:" + end + "data: 😀" + end;
      String stream = large + end + "data: " + bad + end + end + large + end;
      Map<String, Action> ways = WaysOfWriting.of("text/event-stream;charset=utf-8", stream);
      try (Container.Running server = start(container, directory, ways)) {
        for (String way : ways.keySet()) {
          assertThat(text(post(server, way, "X-Errors-Only: 1")))
              .as(way)
              .isEqualTo(stream.replace(bad, good));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void anErrorIsCleanedHoweverItsServletWritesIt(Container container) throws Exception {
    Map<String, Action> ways = new TreeMap<>();
    WaysOfWriting.of("application/json;charset=utf-8", LEAK + " ".repeat(100))
        .forEach(
            (way, action) ->
                ways.put(
                    way,
                    (request, response) -> {
                      response.setStatus(400);
                      action.run(request, response);
                    }));
    try (Container.Running server = start(container, directory, ways)) {
      for (String way : ways.keySet()) {
        for (String[] headers : new String[][] {{}, {"X-Errors-Only: 1"}}) {
          RawResponse response = post(server, way, headers);

          assertThat(response.status()).as(way).isEqualTo(400);
          assertThat(response.body()).as(way).isEqualTo(CLEAN);
          assertLength(response, way);
        }
      }
    }
  }
}
