package dev.gatehouse.internal.token;

/**
 * A value that had to be obtained from an authorization server, or why it could not be obtained.
 *
 * @param <T> the type of the value
 */
public sealed interface Attempt<T> {

  /** The value was obtained. */
  record Succeeded<T>(T value) implements Attempt<T> {}

  /** The value could not be obtained this time. */
  record Failed<T>(VerificationResult.Unavailable cause) implements Attempt<T> {

    /** The same failure of an attempt at something else. */
    public <R> Failed<R> as() {
      return new Failed<>(cause);
    }
  }

  static <T> Attempt<T> failed(Reason reason, String detail) {
    return new Failed<>(VerificationResult.Unavailable.because(reason, detail));
  }
}
