package dev.gatehouse.bench;

/**
 * Tokens for the streams, one for each; those with odd numbers belong to the user of whom {@link
 * StreamServer.Command#EVICT_USER} speaks.
 *
 * @param count how many there are
 * @param expiry the {@code exp} of those that are valid throughout the run
 */
record StreamTokens(int count, long expiry) {

  private static final int SERIES = 11;
  private static final int RUN_SECONDS = 4 * 3600;

  static StreamTokens of(int count) {
    return new StreamTokens(count, System.currentTimeMillis() / 1000 + RUN_SECONDS);
  }

  /** A token that is valid throughout the run. */
  String valid(int number) {
    return expiring(number, expiry);
  }

  /** A token that expires at this second. */
  static String expiring(int number, long second) {
    return Tokens.expiring(SERIES, second, number);
  }

  static boolean isOfEvictedUser(int number) {
    return number % 2 == 1;
  }
}
