package dev.gatehouse.bench;

import java.util.List;

/**
 * What the requests of one measurement carry, how far away the authorization server is, and what is
 * to be reached.
 *
 * @param title for the table
 * @param series of the tokens, unless each is new
 * @param tokens how many there are
 * @param delayMicros until the authorization server answers
 * @param rate requests/s against no filter
 * @param addedCpu processor time for a request above that of no filter
 * @param beyond what half of the requests take beyond the authorization server's answer
 */
record LoadCase(
    String title,
    int series,
    long tokens,
    long delayMicros,
    Goal rate,
    Goal addedCpu,
    Goal beyond) {

  private static final long NO_END = 1_000_000_000_000L;
  private static final int FIRST_NEW_SERIES = 100;

  static final LoadCase HOT =
      new LoadCase(
          "one hot token", 1, 1, 0, Goal.atLeast(0.97, ""), Goal.atMost(1, " µs"), Goal.NONE);
  static final LoadCase IN_TURN =
      new LoadCase(
          "10,000 tokens in turn", 2, 10_000, 0, Goal.atLeast(0.95, ""), Goal.NONE, Goal.NONE);
  static final LoadCase NEW_NEAR =
      new LoadCase(
          "every token new, 2 ms away",
          0,
          NO_END,
          2_000,
          Goal.atLeast(0.2, ""),
          Goal.atMost(60, " µs"),
          Goal.NONE);
  static final LoadCase NEW_FAR =
      new LoadCase(
          "every token new, 50 ms away",
          0,
          NO_END,
          50_000,
          Goal.NONE,
          Goal.NONE,
          Goal.atMost(0.4, " ms"));

  static final List<LoadCase> ALL = List.of(HOT, IN_TURN, NEW_NEAR, NEW_FAR);

  boolean newTokens() {
    return tokens == NO_END;
  }

  /**
   * The tokens of one measurement.
   *
   * @param measurement its number: new tokens must not come again in a later one
   */
  TokenRange tokensOf(int measurement) {
    int mine = newTokens() ? FIRST_NEW_SERIES + measurement : series;
    return new TokenRange(Tokens.prefix(Tokens.ACTIVE, mine), tokens);
  }

  /**
   * Tokens that differ in their number.
   *
   * @param count after which they begin again
   */
  record TokenRange(String prefix, long count) {}
}
