package dev.gatehouse.internal.discovery;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.ProxyException;
import dev.gatehouse.internal.http.UnusableBodyException;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;

/** Turns a failed HTTP exchange with an authorization server into a verification result. */
public final class ExchangeFailure {

  private ExchangeFailure() {}

  /**
   * The result of an exchange that failed.
   *
   * @param endpoint the URI that the request was sent to; its query, which may hold a key, is left
   *     out of the detail
   */
  public static VerificationResult.Unavailable toResult(IOException failure, URI endpoint) {
    Reason reason = reasonOf(failure);
    return new VerificationResult.Unavailable(
        reason,
        ServerUri.withoutQuery(endpoint) + ": " + describe(failure),
        VerificationResult.Unavailable.RETRY_AFTER,
        VerificationResult.Unavailable.isOutage(reason));
  }

  private static String describe(IOException failure) {
    if (failure instanceof UnusableBodyException unusable) {
      return unusable.problem();
    }
    if (failure instanceof ProxyException proxy) {
      return proxy.problem();
    }
    return failure instanceof CharacterCodingException
        ? "the response is not UTF-8"
        : failure.toString();
  }

  private static Reason reasonOf(IOException failure) {
    if (failure instanceof UnusableBodyException || failure instanceof CharacterCodingException) {
      return Reason.AS_ANSWER;
    }
    if (BoundedHttpClient.isTimeout(failure)) {
      return Reason.AS_TIMEOUT;
    }
    return failure instanceof InterruptedIOException ? Reason.INTERRUPTED : Reason.AS_UNREACHABLE;
  }
}
