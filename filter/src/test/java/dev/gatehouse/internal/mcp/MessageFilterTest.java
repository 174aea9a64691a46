package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What remains of the lists and errors in JSON-RPC messages. */
class MessageFilterTest {

  /** Names that begin with h are hidden. */
  static final ListVisibility NO_H = (method, name) -> !name.startsWith("h");

  private static String filtered(String json) {
    return filtered(new MessageFilter(NO_H, true), json);
  }

  /** Filters a text that is in the midst of others. */
  private static String filtered(MessageFilter filter, String json) {
    byte[] bytes = ("]}" + json + "[{").getBytes(StandardCharsets.UTF_8);
    int end = bytes.length - 2;
    FilterOutcome outcome = filter.filter(bytes, 2, end);
    if (outcome instanceof FilterOutcome.Unusable unusable) {
      return "unusable: " + unusable.reason();
    }
    return outcome instanceof FilterOutcome.Changed changed
        ? edited(changed.edits(), bytes, 2, end)
        : json;
  }

  private static String edited(Edits edits, byte[] bytes, int start, int end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      edits.write(bytes, start, end, out::write);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String toolsList(String entries) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[%s],\"nextCursor\":\"c\"}}"
        .formatted(entries);
  }

  /** {@code a} stands for an entry with this name. */
  private static String entries(String spaced) {
    return spaced.replaceAll("(\\w+)", "{\"name\":\"$1\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``            | ``
          ` `           | ` `
          `a`           | `a`
          `h`           | ``
          ` h `         | `  `
          `a,b,c`       | `a,b,c`
          `a,h,c`       | `a,c`
          `h,b,c`       | `b,c`
          `a,b,h`       | `a,b`
          `h,h2,c`      | `c`
          `a,h,h2`      | `a`
          `h,b,h2`      | `b`
          `h,h2,h3`     | ``
          ` a , h , c ` | ` a , c `
          ` h , b , c ` | ` b , c `
          `a , h, c , d`| `a, c , d`
          """)
  void hiddenEntriesAreCutOutWithTheirCommas(String entries, String rest) {
    assertThat(filtered(toolsList(entries(entries)))).isEqualTo(toolsList(entries(rest)));
  }

  @ParameterizedTest
  @CsvSource({
    "tools, name",
    "prompts, name",
    "resources, uri",
    "resourceTemplates, uriTemplate",
  })
  void eachListIsFilteredByWhatIdentifiesItsEntries(String list, String name) {
    String json =
        "{\"id\":1,\"result\":{\"%1$s\":[{\"title\":\"h\",\"%2$s\":\"a\"},{\"%2$s\":\"h:x\"}]}}"
            .formatted(list, name);

    assertThat(filtered(json))
        .isEqualTo(
            "{\"id\":1,\"result\":{\"%1$s\":[{\"title\":\"h\",\"%2$s\":\"a\"}]}}"
                .formatted(list, name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"result\":{\"content\":[{\"name\":\"h\"}],\"x\":{\"tools\":[{\"name\":\"h\"}]}}}",
        "{\"method\":\"notifications/message\",\"params\":{\"tools\":[{\"name\":\"h\"}]}}",
        "{\"id\":1,\"error\":{\"code\":-32601,\"message\":\"Method not found: h\"}}",
        "{\"id\":1,\"result\":null}",
        " [ ] ",
        "",
        "  ",
        "{ \"id\" : 1.0e2, \"result\" : { \"tools\" : [ { \"name\" : \"a\\u0020\\ud83d\\ude00ü€😀\" } ] } }\n",
      })
  void everythingElseKeepsItsBytes(String json) {
    assertThat(filtered(json)).isEqualTo(json);
  }

  @Test
  void namesAreComparedAsTheyAreMeant() {
    assertThat(filtered(toolsList("{\"n\\u0061me\":\"\\u0068ide\"},{\"name\":\"aü\"}")))
        .isEqualTo(toolsList("{\"name\":\"aü\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.0", "\"1\"", "null", "[1]", "9999999999999999999999"})
  void aListIsFilteredWhateverTheIdOfItsResponseIs(String id) {
    assertThat(filtered("{\"result\":{\"tools\":[{\"name\":\"h\"}]},\"id\":" + id + "}"))
        .isEqualTo("{\"result\":{\"tools\":[]},\"id\":" + id + "}");
  }

  @Test
  void everyResponseOfABatchIsFiltered() {
    assertThat(
            filtered("[ " + toolsList(entries("a,h")) + " , " + toolsList(entries("h,b")) + " ]"))
        .isEqualTo("[ " + toolsList(entries("a")) + " , " + toolsList(entries("b")) + " ]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "tools":[],"cacheScope":"public","ttlMs":5    | "tools":[],"cacheScope":"private","ttlMs":5
          "cacheScope" : "public" , "tools":[]          | "cacheScope" : "private" , "tools":[]
          "tools":[],"cacheScope":"private"             | "tools":[],"cacheScope":"private"
          "tools":[],"cacheScope":null                  | "tools":[],"cacheScope":"private"
          "tools":[],"cacheScope":{"a":[1]}             | "tools":[],"cacheScope":"private"
          "tools":[],"cacheScope":1                     | "tools":[],"cacheScope":"private"
          "tools":[],"ttlMs":5                          | "cacheScope":"private","tools":[],"ttlMs":5
          "resultType":"complete","tools":[]            | "cacheScope":"private","resultType":"complete","tools":[]
          "tools":[]                                    | "tools":[]
          "contents":[],"cacheScope":"public"           | "contents":[],"cacheScope":"public"
          """)
  void aListThatDependsOnTheCallerIsPrivate(String members, String expected) {
    assertThat(filtered("{\"id\":1,\"result\":{" + members + "}}"))
        .isEqualTo("{\"id\":1,\"result\":{" + expected + "}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id":1,"result":{"tools":[{"title":"a"}]}}               | a list entry without name
          {"id":1,"result":{"tools":[{"Name":"a"}]}}                | a list entry without name
          {"id":1,"result":{"tools":[{"name":1}]}}                  | a list entry whose name is no string
          {"id":1,"result":{"tools":[{"name":null}]}}               | a list entry whose name is no string
          {"id":1,"result":{"tools":[{"name":["a"]}]}}              | a list entry whose name is no string
          {"id":1,"result":{"resources":[{"name":"a"}]}}            | a list entry without uri
          {"id":1,"result":{"tools":["a"]}}                         | a list entry that is no object
          {"id":1,"result":{"tools":[[{"name":"a"}]]}}              | a list entry that is no object
          {"id":1,"result":{"tools":{"name":"a"}}}                  | a list that is no array
          {"id":1,"result":{"tools":null}}                          | a list that is no array
          {"id":1,"result":{"tools":[{"name":"a","n\\u0061me":"h"}]}}| a duplicate member of a list entry
          {"id":1,"result":{"tools":[],"tools":[]}}                 | a duplicate member of a result
          {"id":1,"result":{},"result":{}}                          | a duplicate member of a JSON-RPC message
          {"id":1,"tools":[{"name":"h"}]}                           | not a JSON-RPC message
          [{"id":1,"result":{}},{}]                                 | not a JSON-RPC message
          "text"                                                    | not a JSON-RPC message
          [[{"id":1,"result":{}}]]                                  | not a JSON-RPC message
          {"id":1,"result":{}} {"id":1,"result":{}}                 | text after the JSON
          """)
  void aListThatCannotBeReadIsUnusable(String json, String reason) {
    assertThat(filtered(json)).isEqualTo("unusable: " + reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"result\":{\"tools\":[{\"name\":\"h\"}",
        "{\"id\":1,\"result\":{\"tools\":[{\"name\":\"h\"}]}} x",
        "{'id':1,\"result\":{}}",
        "{\"id\":NaN,\"result\":{}}",
        "{\"id\":1,\"result\":{\"tools\":[{\"name\":\"h\"},]}}",
        "hello",
      })
  void malformedJsonIsUnusable(String json) {
    assertThat(filtered(json)).startsWith("unusable: malformed JSON at byte ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void anotherEncodingIsUnusable(String charset) {
    byte[] json = toolsList(entries("a")).getBytes(Charset.forName(charset));

    assertThat(new MessageFilter(NO_H, true).filter(json, 0, json.length))
        .isEqualTo(new FilterOutcome.Unusable("not in UTF-8"));
    assertThat(filtered("\ufeff{}")).isEqualTo("unusable: not in UTF-8");
  }

  @Test
  void whatIsNoMessageMayPassAmongTheEventsOfAnotherApplication() {
    MessageFilter lenient = new MessageFilter(NO_H, false);

    assertThat(filtered(lenient, "[DONE]")).isEqualTo("[DONE]");
    assertThat(filtered(lenient, "{\"a\":1}")).isEqualTo("{\"a\":1}");
    assertThat(filtered(lenient, toolsList(entries("h")))).isEqualTo(toolsList(""));
    assertThat(filtered(lenient, toolsList("{}"))).startsWith("unusable");
    assertThat(filtered(lenient, toolsList(entries("h")) + "}")).startsWith("unusable");
  }

  @Test
  void withoutListsToFilterOnlyErrorsAreChanged() {
    MessageFilter errors = new MessageFilter(null, true);
    String bad = "{\"code\":-32603,\"message\":\"boom\",\"data\":\"IllegalState: boom\"}";
    String good = "{\"code\":-32603,\"message\":\"boom\"}";

    for (String json : List.of(toolsList(entries("h")), toolsList("{}"), "{", "x", "[1]")) {
      assertThat(filtered(errors, json)).isEqualTo(json);
    }
    assertThat(filtered(errors, "[{\"id\":1,\"result\":{}},{\"id\":2, \"error\" : " + bad + " }]"))
        .isEqualTo("[{\"id\":1,\"result\":{}},{\"id\":2, \"error\" : " + good + " }]");
  }

  @Test
  void entriesThatRemainAreThoseThatAreVisibleWithTheirBytes() {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      List<String> names =
          IntStream.range(0, random.nextInt(8))
              .mapToObj(i -> (random.nextBoolean() ? "h" : "v") + i)
              .toList();
      List<String> all = names.stream().map(name -> entry(random, name)).toList();
      String kept =
          all.stream().filter(entry -> entry.contains("\"v")).collect(Collectors.joining(","));

      String result = filtered(toolsList(String.join(",", all)));

      assertThat(result.replace(" ", "")).isEqualTo(toolsList(kept).replace(" ", ""));
      assertThat(filtered(result)).as("filtered again").isEqualTo(result);
      if (all.stream().noneMatch(entry -> entry.contains("\"h"))) {
        assertThat(result).isEqualTo(toolsList(String.join(",", all)));
      }
    }
  }

  private static String entry(Random random, String name) {
    String space = " ".repeat(random.nextInt(3));
    String[] before = {"", "\"a\":[{\"name\":1}],", "\"b\":{\"name\":\"\\\"}\"},", "\"c\":1e5,"};
    String[] after = {"", ",\"d\":\"ü€😀\"", ",\"e\":null", ",\"f\":true"};
    return space
        + "{"
        + before[random.nextInt(before.length)]
        + space
        + "\"name\""
        + space
        + ":\""
        + name
        + "\""
        + after[random.nextInt(after.length)]
        + "}"
        + space;
  }
}
