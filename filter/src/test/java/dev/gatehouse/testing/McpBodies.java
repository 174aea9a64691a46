package dev.gatehouse.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Generates nearly valid MCP bodies; the same seed gives the same body. */
public final class McpBodies {

  private static final List<String> METHODS =
      List.of(
          "tools/call",
          "tools/call",
          "prompts/get",
          "resources/read",
          "resources/subscribe",
          "completion/complete",
          "tools/list",
          "initialize",
          "Tools/call",
          "tools\\/call",
          "\\u0074ools/call",
          "tools/call\\u0000",
          "");

  private static final List<String> TOP_KEYS =
      List.of(
          "jsonrpc",
          "id",
          "method",
          "params",
          "result",
          "error",
          "Method",
          "METHOD",
          "\\u006dethod",
          "m\\u0065thod",
          "Params",
          "p\\u0061rams",
          "param\\u017f",
          "method\\u0000",
          "method ",
          "");

  private static final List<String> PARAM_KEYS =
      List.of(
          "name",
          "uri",
          "ref",
          "arguments",
          "argument",
          "_meta",
          "Name",
          "NAME",
          "n\\u0061me",
          "\\u0075ri",
          "URI",
          "na\\ud800me",
          "name\\u0000",
          "__proto__",
          "title");

  private static final List<String> VALUES =
      List.of(
          "\"add_note\"",
          "\"delete_note\"",
          "\"\\u0064elete_note\"",
          "\"delete_note\\u0000\"",
          "\"notes://a/b c\"",
          "\"ä€\uD83D\uDE00\"",
          "\"\\ud83d\\ude00\"",
          "\"\\ud83d\"",
          "\"2.0\"",
          "\"\"",
          "\"a\"",
          "0",
          "-0",
          "1",
          "1.0",
          "1e2",
          "9223372036854775808",
          "01",
          "null",
          "true",
          "[]",
          "[\"delete_note\"]",
          "{}",
          "{\"name\":\"delete_note\"}",
          "{\"name\":\"a\",\"name\":\"b\"}",
          "{\"type\":\"ref/prompt\",\"name\":\"p\"}",
          "{\"type\":\"ref/resource\",\"uri\":\"u\"}",
          "{\"type\":\"ref/prompt\",\"uri\":\"u\",\"name\":\"p\"}",
          "{\"name\":\"p\",\"type\":\"ref/resource\",\"uri\":\"u\"}",
          "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}",
          "NaN");

  private static final List<String> TAILS =
      List.of("{}", "x", "\u0000", ",", "]", "{\"method\":\"tools/call\"}", " ", "\n");

  private McpBodies() {}

  /** A body: a valid request with zero to three changes, perhaps in other bytes. */
  public static byte[] body(Random random) {
    List<String> messages = new ArrayList<>();
    for (int i = random.nextInt(8) == 0 ? random.nextInt(4) : 1; i > 0; i--) {
      messages.add(message(random));
    }
    String body =
        messages.size() == 1 && random.nextInt(10) > 0
            ? messages.get(0)
            : "[" + String.join(",", messages) + "]";
    if (random.nextInt(12) == 0) {
      body += pick(TAILS, random);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(8) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static String message(Random random) {
    String method = pick(METHODS, random);
    List<String> params = new ArrayList<>();
    params.add("\"name\":" + pick(VALUES.subList(0, 5), random));
    params.add("\"uri\":" + pick(VALUES.subList(3, 8), random));
    params.add("\"arguments\":{\"name\":\"delete_note\",\"x\":[{\"method\":\"y\"}]}");
    if (method.startsWith("completion")) {
      params.add("\"ref\":" + pick(VALUES.subList(25, 29), random));
      params.add("\"argument\":{\"name\":\"a\",\"value\":\"b\"}");
    }
    change(params, PARAM_KEYS, random);
    List<String> members = new ArrayList<>();
    members.add("\"jsonrpc\":\"2.0\"");
    members.add("\"id\":" + pick(List.of("1", "\"a\"", "7", "\"\\u0061\""), random));
    members.add("\"method\":\"" + method + '"');
    members.add("\"params\":{" + String.join(",", params) + "}");
    change(members, TOP_KEYS, random);
    return "{" + String.join(random.nextInt(10) == 0 ? " ,\n" : ",", members) + "}";
  }

  private static void change(List<String> members, List<String> keys, Random random) {
    for (int changes = Math.max(0, random.nextInt(5) - 2); changes > 0; changes--) {
      if (random.nextInt(3) == 0 && !members.isEmpty()) {
        members.remove(random.nextInt(members.size()));
      } else {
        members.add('"' + pick(keys, random) + "\":" + pick(VALUES, random));
      }
    }
    Collections.shuffle(members, random);
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
