package dev.gatehouse.internal.token;

/**
 * The result of an attempt to obtain a value from an authorization server.
 *
 * @param <T> the type of the value
 */
public sealed interface Attempt<T> {

  /** The value was obtained. */
  record Succeeded<T>(T value) implements Attempt<T> {}

  /** The value could not be obtained; a later attempt may succeed. */
  record Failed<T>(VerificationResult.Unavailable cause) implements Attempt<T> {

    /** This failure as the result of an attempt to obtain another value. */
    public <R> Failed<R> as() {
      return new Failed<>(cause);
    }
  }

  static <T> Attempt<T> failed(Reason reason, String detail) {
    return new Failed<>(VerificationResult.Unavailable.because(reason, detail));
  }
}
