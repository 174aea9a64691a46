package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends within a deadline, and once more when a connection failed before any answer had begun: a
 * pooled one that the server closes just as it is used says nothing about the server. Never after
 * an answer, however bad, and never when time is up.
 */
final class RetryingSender implements HTTPRequestSender {

  /** All who lost their connection together must not come back together. */
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
      if (!first.isOfUsedConnection()) {
        pause(); // a server that was idle is not in trouble
      }
    }
    try {
      return http.send(request, deadline);
    } catch (NoResponseException second) {
      throw second.failure();
    }
  }

  private void pause() throws InterruptedIOException {
    long most = Math.min(MAX_PAUSE.toMillis(), deadline.left().toMillis() / 2);
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(most + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
