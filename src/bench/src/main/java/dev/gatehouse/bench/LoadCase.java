package dev.gatehouse.bench;

import java.util.List;

/**
 * One load measurement: the tokens of its requests, the delay of the authorization server and the
 * goals.
 *
 * @param title the title for the table
 * @param series the series of the tokens, unless each is new
 * @param tokens the number of tokens
 * @param delayMicros the delay of an introspection response
 * @param rate the goal for requests/s, relative to no filter
 * @param addedCpu the goal for the processor time per request, above that of no filter
 * @param beyond the goal for the median response time beyond the introspection response
 */
record LoadCase(
    String title,
    int series,
    long tokens,
    long delayMicros,
    Goal rate,
    Goal addedCpu,
    Goal beyond) {

  private static final long UNLIMITED = 1_000_000_000_000L;
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
          UNLIMITED,
          2_000,
          Goal.atLeast(0.2, ""),
          Goal.atMost(60, " µs"),
          Goal.NONE);
  static final LoadCase NEW_FAR =
      new LoadCase(
          "every token new, 50 ms away",
          0,
          UNLIMITED,
          50_000,
          Goal.NONE,
          Goal.NONE,
          Goal.atMost(0.4, " ms"));

  static final List<LoadCase> ALL = List.of(HOT, IN_TURN, NEW_NEAR, NEW_FAR);

  boolean newTokens() {
    return tokens == UNLIMITED;
  }

  /**
   * The tokens of one measurement.
   *
   * @param measurement the number of the measurement, so that later ones do not repeat new tokens
   */
  TokenRange tokensOf(int measurement) {
    int current = newTokens() ? FIRST_NEW_SERIES + measurement : series;
    return new TokenRange(Tokens.prefix(Tokens.ACTIVE, current), tokens);
  }

  /**
   * Tokens that differ in their number.
   *
   * @param count the number of tokens, after which they repeat
   */
  record TokenRange(String prefix, long count) {}
}
