package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.introspection.Introspectors;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.testing.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many bytes of heap the claims of a token are taken for. */
class FootprintTest {

  private static final int TOKENS = 40;

  private final BearerToken token = new BearerToken(Secrets.token());
  private final Footprint footprint = new Footprint();

  private TokenClaims claims(String members) {
    try {
      return Introspectors.read("{\"active\":true" + members + "}", token).orElseThrow();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private long of(String members) {
    return footprint.of(claims(members));
  }

  /** The parts, in which {@code #} is the number of the part and {@code @} that of the token. */
  private static String joined(String part, String separator, int count, int tokenNumber) {
    return IntStream.range(0, count)
        .mapToObj(i -> part.replace("#", "" + i).replace("@", "" + tokenNumber))
        .collect(Collectors.joining(separator));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          short strings                | "x":[              | "x"          | ,   | ] | 15000
          strings that are not Latin-1 | "x":[              | "中"         | ,   | ] | 15000
          empty arrays                 | "x":[              | []           | ,   | ] | 20000
          nested arrays                | "x":[              | [[[[[0]]]]]  | ,   | ] | 5000
          empty objects                | "x":[              | {}           | ,   | ] | 20000
          objects with their own names | "x":[              | {"a#":1}     | ,   | ] | 6000
          objects of their own, nested | "x":[              | {"a@":{"b@":1}} | ,   | ] | 4000
          fractions                    | "x":[              | 0.5          | ,   | ] | 15000
          whole numbers                | "x":[              | 12345678901  | ,   | ] | 5000
          large numbers                | "x":[              | 123456789012345678901234567890 | , | ] | 2000
          nulls                        | "x":[              | null         | ,   | ] | 12000
          Latin-1                      | "x":[              | "é"          | ,   | ] | 15000
          names of each token's own    | ''                 | "n@x#":true  | ,   | '' | 4000
          some such names              | ''                 | "n@x#":true  | ,   | '' | 200
          scopes of each token's own   | "scope":"          | s@x#         | ' ' | " | 500
          some such scopes             | "scope":"          | s@x#         | ' ' | " | 60
          a list of such scopes        | "scope":[          | "s@x#"       | ,   | ] | 500
          audiences                    | "aud":[            | "https://mcp.example/@/#" | , | ] | 100
          """)
  void theEstimateCoversTheHeapThatClaimsOccupy(
      String what, String start, String part, String separator, String end, int count) {
    List<TokenClaims> held = new ArrayList<>();
    long estimated = 0;
    long before = usedHeap();
    for (int i = 0; i < TOKENS; i++) {
      TokenClaims claims = claims("," + start + joined(part, separator, count, i) + end);
      held.add(claims);
      estimated += footprint.of(claims);
    }
    long used = usedHeap() - before;

    assertThat(held).hasSize(TOKENS);
    assertThat(estimated).isGreaterThan(used * 9 / 10 - 500_000); // other threads allocate, too
    assertThat(estimated / TOKENS).isLessThan(10_000_000);
  }

  private static long usedHeap() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a boolean                      | true                  | 0
          null                           | [null]                | 68
          an empty string                | ""                    | 48
          one byte for a Latin-1 letter  | "ab"                  | 50
          two bytes for another letter   | "a中"                 | 52
          the last letter of Latin-1     | "ÿ"                   | 49
          the first letter beyond        | "Ā"                   | 50
          a whole number                 | 1                     | 24
          a fraction                     | 0.5                   | 24
          a large number                 | 18446744073709551615  | 108
          an empty array                 | []                    | 64
          an array of two                | [true,true]           | 72
          an empty object                | {}                    | 214
          an object with a member        | {"a":"b"}             | 320
          """)
  void everyKindOfValueHasItsSize(String what, String value, long bytes) {
    long nothing = of(",\"x\":false");

    assertThat(of(",\"x\":" + value) - nothing).isEqualTo(bytes);
  }

  @Test
  void eachClaimTakesAReference() {
    of(",\"x\":true"); // now both lists of names are common
    of("");

    assertThat(of(",\"x\":true") - of("")).isEqualTo(4);
    assertThat(of("")).isEqualTo(200 + 64 + 4);
  }

  @Test
  void eachScopeIsAStringOfItsOwn() {
    of(",\"scope\":\"ab\"");

    assertThat(of(",\"scope\":\"ab cde\"") - of(",\"scope\":\"ab\"")).isEqualTo(4 + 8 + 48 + 3);
  }

  @Test
  void namesCountForNothingIfTheyAreAmongTheFirstHundredLists() {
    long common = of(",\"n0\":true");
    for (int i = 1; i < 100; i++) {
      assertThat(of(",\"n" + i + "\":true")).isEqualTo(common);
    }

    long names = 150 + (4 + 48 + 6) + (4 + 48 + 4); // "active" and "n100"
    assertThat(of(",\"n100\":true")).isEqualTo(common + names);
    assertThat(of(",\"n100\":true")).isEqualTo(common + names);
    assertThat(of(",\"n99\":true")).isEqualTo(common);
  }

  @Test
  void manyOrLongNamesAreNeverCommon() {
    int longest = 4096 - 150 - (4 + 48 + 6) - (4 + 48);
    long common = of(",\"" + "n".repeat(longest) + "\":true");

    assertThat(of(",\"" + "n".repeat(longest + 1) + "\":true")).isEqualTo(common + 4097);
  }
}
