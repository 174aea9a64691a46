package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.introspection.ServerAvailability.Status;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies tokens with a verifier of the application. Whatever it does, a request gets a response
 * in time, and a failure never counts as a bad token. This class is thread-safe.
 */
public final class CustomServer implements ServerVerifier {

  /** The application's verifier. */
  @FunctionalInterface
  public interface Verification {

    /**
     * Verifies a token.
     *
     * @param timeLeft until the request stops waiting
     * @return null is an error of the verifier
     */
    @Nullable VerificationResult verify(BearerToken token, Duration timeLeft) throws Exception;
  }

  private static final Logger log = LoggerFactory.getLogger(CustomServer.class);

  /** How long a good response shows that a failure is due to the token. */
  private static final Duration ANSWERED_RECENTLY = Duration.ofSeconds(2);

  private final TrustedServer server;
  private final Verification verification;
  private final Duration timeLimit;
  private final VerifierThreads threads;
  private final InstantSource clock;
  private final OutcomeLatencies latencies = new OutcomeLatencies();

  private ServerAvailability.Report report;

  /** When the latest verification succeeded. */
  private Instant answered = Instant.MIN;

  /**
   * Creates a server.
   *
   * @param timeLimit of one verification
   * @param maxThreads how many verifications may be under way
   * @param loader of the verifier's class
   * @param clock never set back
   */
  public CustomServer(
      TrustedServer server,
      Verification verification,
      Duration timeLimit,
      int maxThreads,
      @Nullable ClassLoader loader,
      InstantSource clock) {
    this.server = server;
    this.verification = verification;
    this.timeLimit = timeLimit;
    this.threads = new VerifierThreads(maxThreads, loader);
    this.clock = clock;
    this.report = new ServerAvailability.Report(Status.UNKNOWN, clock.instant(), null);
  }

  @Override
  public TrustedServer server() {
    return server;
  }

  @Override
  public boolean isCustom() {
    return true;
  }

  @Override
  public boolean takesOpaqueTokens() {
    return true;
  }

  public OutcomeLatencies latencies() {
    return latencies;
  }

  @Override
  public VerificationCall call(BearerToken token) {
    return new Call(token);
  }

  @Override
  public synchronized boolean answersProbes() {
    return clock.instant().isBefore(answered.plus(ANSWERED_RECENTLY));
  }

  @Override
  public synchronized ServerAvailability.Report report() {
    return report;
  }

  @Override
  public void probeIfOutdated() {} // a verifier may count, or log, tokens that nobody has

  private synchronized void record(VerificationResult result) {
    Unavailable failure = result instanceof Unavailable unavailable ? unavailable : null;
    if (failure == null) {
      answered = clock.instant();
    } else if (failure.reason() == Reason.INTERRUPTED) {
      return;
    }
    // Never down: a caller's token may make the verifier fail.
    Status status = failure == null ? Status.UP : Status.DEGRADED;
    report =
        new ServerAvailability.Report(
            status,
            status == report.status() ? report.since() : clock.instant(),
            failure == null ? null : failure.reason().code());
  }

  /** Logs the first failure since the verifier has worked. */
  private void logFailure(Throwable failure) {
    boolean first;
    synchronized (this) {
      first = report.status() != Status.DEGRADED;
    }
    if (first) {
      log.warn(
          "custom verifier {} failed, so callers get 503 (logged until it works again): {}",
          server.name(),
          trace(failure));
    }
  }

  /** The classes and places of the exception and its causes. Messages may contain the token. */
  private static String trace(Throwable failure) {
    StringBuilder trace = new StringBuilder();
    int depth = 0;
    for (Throwable each = failure; each != null && depth < 5; each = each.getCause(), depth++) {
      StackTraceElement[] places = each.getStackTrace();
      trace
          .append(depth == 0 ? "" : ", caused by ")
          .append(each.getClass().getName())
          .append(places.length == 0 ? "" : " at " + places[0]);
    }
    return trace.toString();
  }

  /** Closes the threads; {@link #awaitTermination} follows. */
  public void close() {
    threads.close();
  }

  public void awaitTermination() {
    threads.awaitTermination();
  }

  private Unavailable failed(Reason reason, String detail) {
    return new Unavailable(
        reason, "custom verifier " + server.name() + detail, Unavailable.RETRY_AFTER, true);
  }

  private final class Call implements VerificationCall {

    private final BearerToken token;
    private final long start = System.nanoTime();
    private final CompletableFuture<VerificationResult> result = new CompletableFuture<>();

    Call(BearerToken token) {
      this.token = token;
    }

    @Override
    public boolean mayBlock() {
      return true;
    }

    @Override
    public @Nullable VerificationResult decideNow() {
      return null;
    }

    private Duration timeLeft() {
      return timeLimit.minusNanos(System.nanoTime() - start);
    }

    @Override
    public VerificationResult send() {
      long begin = System.nanoTime();
      VerificationResult found = runAndWait();
      latencies.record(found, begin);
      record(found);
      return found;
    }

    private VerificationResult runAndWait() {
      Future<Boolean> running;
      try {
        running = threads.start(() -> result.complete(run()));
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        return failed(Reason.BUSY, " has no free thread");
      }
      try {
        return result.get(timeLeft().toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return end(timeout());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return end(failed(Reason.INTERRUPTED, " was waited for by an interrupted thread"));
      } catch (ExecutionException e) {
        throw new IllegalStateException("never completed with an exception", e);
      } finally {
        running.cancel(true);
      }
    }

    /** Ends the verification, before it is interrupted, so that it logs no failure. */
    private VerificationResult end(Unavailable cause) {
      return result.complete(cause) ? cause : result.join();
    }

    private Unavailable timeout() {
      return failed(Reason.AS_TIMEOUT, " did not respond in time");
    }

    /** On a thread of ours. */
    private VerificationResult run() {
      try {
        VerificationResult found = verification.verify(token, timeLeft());
        return found == null ? failed(Reason.VERIFIER, " returned null") : found;
      } catch (Exception | Error e) { // whatever it is, the token has not been verified
        if (!result.isDone()) { // otherwise it may have failed because we interrupted it
          logFailure(e);
        }
        return failed(Reason.VERIFIER, " threw " + e.getClass().getName());
      }
    }

    @Override
    public void cutShort() {
      result.complete(timeout());
    }

    @Override
    public boolean isUnresponsive() {
      return false;
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
