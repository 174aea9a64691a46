package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends a request within a deadline, and once more if a connection failed before a response began:
 * the server may have closed an idle connection just before it was used. Does not retry after a
 * response has begun, nor after the deadline.
 */
final class RetryingSender implements HTTPRequestSender {

  /** The random pause up to this spreads requests that lost their connections together. */
  private static final Duration MAX_PAUSE = Duration.ofMillis(100);

  private final BoundedHttpClient http;
  private final Deadline deadline;

  RetryingSender(BoundedHttpClient http, Deadline deadline) {
    this.http = http;
    this.deadline = deadline;
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    try {
      return http.send(request, deadline);
    } catch (NoResponseException first) {
      if (!first.isOfReusedConnection()) {
        pause(); // closing an idle connection is no sign of trouble
      }
    }
    try {
      return http.send(request, deadline);
    } catch (NoResponseException second) {
      throw second.failure();
    }
  }

  private void pause() throws InterruptedIOException {
    long maxMillis = Math.min(MAX_PAUSE.toMillis(), deadline.left().toMillis() / 2);
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(maxMillis + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
