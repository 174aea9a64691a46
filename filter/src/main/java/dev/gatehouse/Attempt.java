package dev.gatehouse;

/**
 * A value that had to be obtained from an authorization server, or why it could not be obtained.
 *
 * @param <T> the type of the value
 */
sealed interface Attempt<T> {

  /** The value was obtained. */
  record Succeeded<T>(T value) implements Attempt<T> {}

  /** The value could not be obtained this time. */
  record Failed<T>(Verdict.Unavailable cause) implements Attempt<T> {

    /** The same failure of an attempt at something else. */
    <R> Failed<R> as() {
      return new Failed<>(cause);
    }
  }

  static <T> Attempt<T> failed(Reason reason, String detail) {
    return new Failed<>(Verdict.Unavailable.because(reason, detail));
  }
}
