package dev.gatehouse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;

/** Turns a failed HTTP exchange with an authorization server into a verification result. */
final class ExchangeFailure {

  private ExchangeFailure() {}

  /**
   * The result of an exchange that failed.
   *
   * @param endpoint the URI that the request was sent to; its query, which may hold a key, is left
   *     out of the detail
   */
  static Verdict.Unavailable toResult(IOException failure, URI endpoint) {
    Reason reason = reasonOf(failure);
    return new Verdict.Unavailable(
        reason,
        ServerUri.withoutQuery(endpoint) + ": " + describe(failure),
        Verdict.Unavailable.RETRY_AFTER,
        Verdict.Unavailable.isOutage(reason),
        BoundedHttpClient.isFailureToConnect(failure));
  }

  private static String describe(IOException failure) {
    return failure instanceof CharacterCodingException
        ? "the response is not UTF-8"
        : failure.toString();
  }

  private static Reason reasonOf(IOException failure) {
    if (failure instanceof OversizedAnswerException || failure instanceof CharacterCodingException) {
      return Reason.AS_ANSWER;
    }
    if (BoundedHttpClient.isTimeout(failure)) {
      return Reason.AS_TIMEOUT;
    }
    return failure instanceof InterruptedIOException ? Reason.INTERRUPTED : Reason.AS_UNREACHABLE;
  }
}
