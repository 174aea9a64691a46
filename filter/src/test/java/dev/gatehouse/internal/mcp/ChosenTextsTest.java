package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts that a caller chooses to cost time or memory, or to harm other callers. */
class ChosenTextsTest {

  private static final int PER_BODY = 80;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Objects with keys whose hashes Jackson finds equal: the order of their blocks is ignored. */
  private static List<String> collidingObjects() {
    List<String> keys = new ArrayList<>();
    addPermutations("same12bytes_", List.of("ax0_", "bx1_", "cx2_", "dx3_", "ex4_", "fx5_"), keys);
    addPermutations(
        "same12bytes_", List.of("ax0_", "bx1_", "cx2_", "dx3_", "ex4_", "fx5_", "gx6_"), keys);
    List<String> objects = new ArrayList<>();
    for (int at = 0; at + PER_BODY <= keys.size(); at += PER_BODY) {
      objects.add(
          keys.subList(at, at + PER_BODY).stream()
              .map(key -> '"' + key + "\":0")
              .collect(Collectors.joining(",", "{", "}")));
    }
    return objects;
  }

  private static void addPermutations(String start, List<String> blocks, List<String> all) {
    if (blocks.isEmpty()) {
      all.add(start);
    }
    for (String block : blocks) {
      List<String> others = new ArrayList<>(blocks);
      others.remove(block);
      addPermutations(start + block, others, all);
    }
  }

  private static boolean isRead(String params) {
    return McpBodyReader.parse(
            utf8("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":" + params + "}"))
        instanceof McpBodyReader.Read;
  }

  @Test
  void keysWithEqualHashesDoNotGetBodiesOfOtherCallersRefused() {
    int number = 0;
    for (String object : collidingObjects()) {
      assertThat(isRead(object)).isTrue();
      assertThat(isRead("{\"honest" + number++ + "\":0}")).isTrue();
    }
  }

  @Test
  void keysWithEqualHashesDoNotGetListsOfOtherCallersWithheld() {
    MessageFilter filter = new MessageFilter((method, name) -> true, true);
    int number = 0;
    for (String object : collidingObjects()) {
      for (String result : List.of(object, "{\"tools\":[],\"honest" + number++ + "\":0}")) {
        byte[] json = utf8("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}");
        assertThat(filter.filter(json, 0, json.length)).isEqualTo(FilterOutcome.UNCHANGED);
      }
    }
  }

  @Test
  void aKeyIsFoundTwiceAmongManyOthers() {
    String many =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"key" + i + "\":0")
            .collect(Collectors.joining(","));
    assertThat(isRead("{" + many + "}")).isTrue();
    for (int i : new int[] {0, 7, 8, 9, 50_000, 99_999}) {
      assertThat(isRead("{" + many + ",\"k\\u0065y" + i + "\":0}")).as("key %d", i).isFalse();
    }
  }

  /** Quadratic time would be hours. */
  @Test
  void anErrorWithAnyTextIsCleanedInLinearTime() {
    for (String part :
        List.of("Erroré", "Error.", "é.Error ", "\n at ", "\n\tat x", "Exceptioné")) {
      String text = part.repeat(2_000_000);
      assertTimeoutPreemptively(Duration.ofMinutes(1), () -> ErrorText.leaks(text));
    }
  }

  @Test
  void aClassNameIsFoundAfterOthersInTheSameWord() {
    assertThat(ErrorText.leaks("Erroré.foo.BarError")).isTrue();
    assertThat(ErrorText.leaks("ParseErroré Error and ParseError")).isFalse();
    assertThat(ErrorText.leaks("Error.Error.Error")).isTrue();
    assertThat(ErrorText.leaks("a.b Error")).isFalse();
  }

  @Test
  void aStreamKeepsNoBufferOfTheSizeOfItsLargestEvent() {
    HeldBytes bytes = new HeldBytes();
    bytes.add(new byte[1 << 20], 0, 1 << 20);
    bytes.clear();
    assertThat(bytes.array().length).isLessThanOrEqualTo(8 << 10);
  }
}
