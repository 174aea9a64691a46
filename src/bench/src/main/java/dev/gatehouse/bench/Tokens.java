package dev.gatehouse.bench;

/** Tokens of 43 characters, as long as 256 random bits in base64url. */
final class Tokens {

  /** What the stub calls active. */
  static final String ACTIVE = "a";

  /** What it does not. */
  static final String INACTIVE = "x";

  /** What it calls active until the time, in milliseconds, that is the token's number. */
  static final String REVOKED = "r";

  static final int LENGTH = 43;

  private static final String MIDDLE = "-0Zk3vTq9_LmW7yBcRdEf";
  private static final String ZEROS = "00000000000000000000";

  private Tokens() {}

  /**
   * One token, the same for the same numbers.
   *
   * @param kind {@link #ACTIVE} or {@link #INACTIVE}
   * @param series tells the tokens of one round from those of another; at most six digits
   * @param number of at most fifteen digits
   */
  static String of(String kind, int series, long number) {
    return prefix(kind, series) + padded(number);
  }

  /** All of a token but its last fifteen characters, which are a number. */
  static String prefix(String kind, int series) {
    return kind + MIDDLE + padded(series, 6);
  }

  /** Whether it is one of ours; a filter makes up others, to see whether anybody answers. */
  static boolean isOf(String kind, String token) {
    return token.startsWith(kind + MIDDLE);
  }

  /** The number at the end of a token. */
  static String padded(long number) {
    return padded(number, 15);
  }

  private static String padded(long number, int length) {
    String digits = Long.toString(number);
    return ZEROS.substring(0, length - digits.length()) + digits;
  }
}
