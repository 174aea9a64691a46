package dev.gatehouse.bench;

/** Creates tokens of 43 characters, the length of 256 bits in base64url. */
final class Tokens {

  /** The kind of tokens that are active. */
  static final String ACTIVE = "a";

  /** The kind of tokens that are inactive. */
  static final String INACTIVE = "x";

  /** The kind of tokens that are active until the time in their number, in milliseconds. */
  static final String REVOKED = "r";

  /**
   * The kind of tokens that are active until the second in the first ten digits of their number.
   */
  static final String EXPIRING = "e";

  static final int LENGTH = 43;

  /** How many numbers follow the second in the number of an expiring token. */
  static final int EXPIRING_NUMBERS = 100_000;

  private static final String MIDDLE = "-0Zk3vTq9_LmW7yBcRdEf";
  private static final String ZEROS = "00000000000000000000";

  private Tokens() {}

  /**
   * Creates a token, which depends on the parameters only.
   *
   * @param kind {@link #ACTIVE}, {@link #INACTIVE} or {@link #REVOKED}
   * @param series distinguishes the tokens of different parts; at most six digits
   * @param number at most fifteen digits
   */
  static String of(String kind, int series, long number) {
    return prefix(kind, series) + padded(number);
  }

  /**
   * Creates a token that expires.
   *
   * @param series as for {@link #of}
   * @param second its {@code exp}
   * @param number at most five digits; even numbers belong to one user, odd ones to another
   */
  static String expiring(int series, long second, int number) {
    return of(EXPIRING, series, second * EXPIRING_NUMBERS + number);
  }

  /** A token without its last fifteen characters, which are the number. */
  static String prefix(String kind, int series) {
    return kind + MIDDLE + padded(series, 6);
  }

  /** Whether the token has this kind; random tokens, with which filters probe, have none. */
  static boolean isOf(String kind, String token) {
    return token.startsWith(kind + MIDDLE);
  }

  /** Formats the number at the end of a token. */
  static String padded(long number) {
    return padded(number, 15);
  }

  private static String padded(long number, int length) {
    String digits = Long.toString(number);
    return ZEROS.substring(0, length - digits.length()) + digits;
  }
}
