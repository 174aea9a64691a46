package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What remains of event streams, however they are cut into parts. */
class EventStreamFilterTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String LIST =
      "{\"id\":1,\"result\":{\"tools\":[{\"name\":\"a\"},{\"name\":\"h\"}]}}";
  private static final String FILTERED = "{\"id\":1,\"result\":{\"tools\":[{\"name\":\"a\"}]}}";
  private static final String REFUSAL =
      "{\"jsonrpc\":\"2.0\",\"id\":7,"
          + "\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}";

  private static EventStreamFilter filter(@Nullable ListVisibility lists) {
    return new EventStreamFilter(new MessageFilter(lists, true), lists != null, "7", 2_000);
  }

  private static String write(EventStreamFilter filter, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    return written(out -> filter.write(bytes, 0, bytes.length, out));
  }

  /** Something that writes. */
  @FunctionalInterface
  private interface Writing {
    void to(ByteTarget out) throws IOException;
  }

  private static String written(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writing.to(out::write);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String filtered(String stream) {
    EventStreamFilter filter = filter(MessageFilterTest.NO_H);
    return write(filter, stream) + written(filter::end);
  }

  /** In these tables, L and F are the list before and after filtering, and _ is a space. */
  private static String expanded(String text) {
    return text.replace("\\n", "\n")
        .replace("\\r", "\r")
        .replace("_", " ")
        .replace("L", LIST)
        .replace("F", FILTERED)
        .replace("R", REFUSAL);
  }

  @LogsWarning(maybe = "withheld an event")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: L\\n\\n                                | data: F\\n\\n
          data:L\\n\\n                                 | data:F\\n\\n
          data:  L\\n\\n                               | data:  F\\n\\n
          data: L\\r\\n\\r\\n                          | data: F\\r\\n\\r\\n
          data: L\\r\\r                                | data: F\\r\\r
          data: L\\n\\r\\n                             | data: F\\n\\r\\n
          id: 1\\nevent: message\\ndata: L\\nretry: 5\\n: c\\n\\n | id: 1\\nevent: message\\ndata: F\\nretry: 5\\n: c\\n\\n
          data: L                                      | data: F
          data: L\\n                                   | data: F\\n
          \\ufeffdata: L\\n\\n                         | \\ufeffdata: F\\n\\n
          : c\\ndata: L\\n\\ndata: L\\n\\n             | : c\\ndata: F\\n\\ndata: F\\n\\n
          data\\ndata: L\\ndata\\n\\n                  | data: \\ndata: F\\ndata: \\n\\n
          DATA: L\\n\\n                                | DATA: L\\n\\n
          data : L\\n\\n                               | data : L\\n\\n
          xdata: L\\n\\n                               | xdata: L\\n\\n
          data: /message?id=1\\n\\n                    | data: /message?id=1\\n\\n
          data:\\n\\n                                  | data:\\n\\n
          data: {"tools\\n\\n                          | data: R\\n\\n
          id: 3\\ndata: {"id":1,"result":{"tools":[{}]}}\\n\\ndata: L\\n\\n | id: 3\\ndata: R\\n\\ndata: F\\n\\n
          """)
  void eventsAreReadAsClientsReadThem(String stream, String expected) {
    String in = expanded(stream).replace("\\ufeff", "\ufeff");

    String out = filtered(in);

    if (expected.startsWith("data: \\n")) { // the empty lines keep the form of the first one
      assertThat(out).isEqualTo("data:\ndata:" + FILTERED + "\ndata:\n\n");
    } else {
      assertThat(out).isEqualTo(expanded(expected).replace("\\ufeff", "\ufeff"));
    }
  }

  @Test
  void aMessageMayHaveSeveralLines() {
    String stream =
        "data: {\"id\":1,\ndata: \"result\":{\"tools\":[\ndata: {\"name\":\"h\"}]}}\n\n";

    assertThat(filtered(stream))
        .isEqualTo("data: {\"id\":1,\ndata: \"result\":{\"tools\":[\ndata: ]}}\n\n");
  }

  @Test
  void anEventIsPassedOnAsSoonAsItIsComplete() {
    EventStreamFilter filter = filter(MessageFilterTest.NO_H);

    assertThat(write(filter, ": ping\n")).isEqualTo(": ping\n");
    assertThat(write(filter, "\n")).isEqualTo("\n");
    assertThat(write(filter, "id: 1\nda")).isEmpty();
    assertThat(write(filter, "ta: {\"method\":\"x\"}\n")).isEmpty();
    assertThat(write(filter, "\n")).isEqualTo("id: 1\ndata: {\"method\":\"x\"}\n\n");
    assertThat(write(filter, "data: " + LIST + "\r\n\r")).isEqualTo("data: " + FILTERED + "\r\n\r");
    assertThat(write(filter, "\n: x\n")).isEqualTo("\n: x\n");
    assertThat(written(filter::end)).isEmpty();
  }

  @Test
  void anEventThatIsTooLargeIsWithheld() {
    log.announce("withheld an event of more than 2000 bytes");
    String large = LIST.replace("\"a\"", "\"" + "a".repeat(2_000) + "\"");

    assertThat(filtered("id: 1\ndata: " + large + "\nretry: 1\n\ndata: " + LIST + "\n\n"))
        .isEqualTo("data: " + REFUSAL + "\n\ndata: " + FILTERED + "\n\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1_500, 5_000})
  void withoutListsToFilterALargeResultIsNotKept(int size) {
    String begin = "id: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"";
    EventStreamFilter filter = filter(null);

    String passed = write(filter, begin + "x".repeat(size));

    assertThat(passed).isEqualTo(size < 1_000 ? "" : begin + "x".repeat(size));
    String rest = write(filter, "\"}}\n\ndata: {\"error\":{\"code\":-32603,\"data\":\"E\"}}\n\n");
    assertThat(passed + rest)
        .isEqualTo(
            begin
                + "x".repeat(size)
                + "\"}}\n\ndata: {\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}\n\n");
  }

  @LogsWarning("withheld an event of more than 2000 bytes")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"X\",\"error\":{\"code\":-32603,\"data\":\"E\"}}",
        "{\"error\":{\"code\":-32603,\"data\":\"EX\"}}",
        "[{\"id\":1,\"result\":\"X\"},{\"error\":{\"code\":-32603,\"data\":\"E\"}}]",
        "{XX",
      })
  void whatMayBeALargeErrorIsWithheld(String message) {
    EventStreamFilter filter = filter(null);
    String event = "data: " + message.replace("X", "x".repeat(2_000)) + "\n\n";
    String after = "data: {}\n\n";

    assertThat(write(filter, event + after)).isEqualTo("data: " + REFUSAL + "\n\n" + after);
    assertThat(write(filter, event.substring(0, 1_500))).isEmpty();
    assertThat(write(filter, event.substring(1_500))).isEqualTo("data: " + REFUSAL + "\n\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X", "[1,\"X\"]", "[[\"X\"]]", "{\"a\":\"X\"}", "{\"id\":1,\"method\":\"X\"}"})
  void whatIsNoErrorPassesWhateverItsSize(String message) {
    EventStreamFilter filter = filter(null);
    String event = "data: " + message.replace("X", "x".repeat(2_000)) + "\n\n";

    assertThat(write(filter, event + event)).isEqualTo(event + event);
    assertThat(write(filter, event.substring(0, 1_500))).isEqualTo(event.substring(0, 1_500));
    assertThat(write(filter, event.substring(1_500))).isEqualTo(event.substring(1_500));
  }

  @LogsWarning(maybe = "withheld an event")
  @Test
  void theResultDoesNotDependOnHowTheStreamIsCut() {
    String[] parts = {
      "data: " + LIST,
      "data: " + LIST,
      "data:{\"method\":\"ü€😀\"}",
      "id: 1",
      "event: message",
      ": comment",
      "retry: 5",
      "data",
      "other: field",
      "data: [DONE",
      "\n",
      "\n",
      "\n",
      "\r",
      "\r\n",
    };
    int unchanged = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      StringBuilder stream = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        String part = parts[random.nextInt(parts.length)];
        stream.append(part);
        if (!part.isBlank() && random.nextInt(8) > 0) {
          stream.append(List.of("\n", "\r", "\r\n", "\n\n", "\r\n\r\n").get(random.nextInt(5)));
        }
      }
      byte[] whole = stream.toString().getBytes(StandardCharsets.UTF_8);

      byte[] expected = filtered(stream.toString()).getBytes(StandardCharsets.UTF_8);

      assertThat(filteredInParts(whole, random))
          .as("seed %d", seed)
          .isEqualTo(new String(expected, StandardCharsets.UTF_8));
      String text = new String(expected, StandardCharsets.UTF_8);
      assertThat(text.contains("\n\ndata: " + LIST)).as(text).isFalse();
      if (!stream.toString().contains(LIST) && !text.contains("\"error\"")) {
        assertThat(text).isEqualTo(stream.toString());
        unchanged++;
      }
      assertThat(messages(text)).noneMatch(data -> data.contains("\"h\"") && data.startsWith("{"));
    }
    assertThat(unchanged).as("so that the test is meaningful").isGreaterThan(100);
  }

  private static String filteredInParts(byte[] whole, Random random) {
    EventStreamFilter filter = filter(MessageFilterTest.NO_H);
    int most = 1 + random.nextInt(20);
    return written(
        out -> {
          for (int at = 0; at < whole.length; ) {
            int length = Math.min(1 + random.nextInt(most), whole.length - at);
            filter.write(whole, at, length, out);
            at += length;
          }
          filter.end(out);
        });
  }

  /** The data of the events of a stream, in the words of the standard. */
  private static List<String> messages(String stream) {
    List<String> messages = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    for (String line : stream.split("\r\n|\r|\n", -1)) {
      if (line.isEmpty()) {
        messages.add(data.toString());
        data.setLength(0);
      } else if (line.startsWith("data:")) {
        data.append(line.substring(5).strip()).append('\n');
      }
    }
    return messages;
  }
}
