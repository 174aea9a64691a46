package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.introspection.ServerAvailability.Status;
import dev.gatehouse.internal.jwt.JwtVerifier;
import dev.gatehouse.internal.jwt.ServerKeys;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JWTs with the keys of their server ({@code token-validation=jwt}). It blocks only while
 * keys must be fetched. This class is thread-safe.
 */
public final class JwtServer implements ServerVerifier {

  /** Keys that were fetched before may have become unreachable unnoticed. */
  private static final Duration QUIET = Duration.ofMinutes(5);

  private final TrustedServer server;
  private final JwtVerifier jwts;
  private final Supplier<Deadline> deadlines;
  private final Predicate<Runnable> background;
  private final InstantSource clock;
  private final OutcomeLatencies latencies = new OutcomeLatencies();

  private Status status = Status.UNKNOWN;
  private Instant since;

  /**
   * Creates a server.
   *
   * @param deadlines begins the time limit of a verification
   * @param background starts a task on another thread
   * @param clock never set back
   */
  public JwtServer(
      TrustedServer server,
      JwtVerifier jwts,
      Supplier<Deadline> deadlines,
      Predicate<Runnable> background,
      InstantSource clock) {
    this.server = server;
    this.jwts = jwts;
    this.deadlines = deadlines;
    this.background = background;
    this.clock = clock;
    this.since = clock.instant();
  }

  @Override
  public TrustedServer server() {
    return server;
  }

  public OutcomeLatencies latencies() {
    return latencies;
  }

  @Override
  public VerificationCall call(BearerToken token) {
    return new Call(token, deadlines.get());
  }

  @Override
  public boolean takesOpaqueTokens() {
    return false;
  }

  @Override
  public boolean isLocal() {
    return true;
  }

  /** Keys that can't be fetched are no token's fault; then again, with keys nothing else fails. */
  @Override
  public boolean answersProbes() {
    return jwts.hasKeys();
  }

  @Override
  public synchronized ServerAvailability.Report report() {
    ServerKeys.State keys = jwts.keys().state();
    VerificationResult.Unavailable failure = keys.failure();
    Status found;
    if (failure != null) {
      found = jwts.hasKeys() ? Status.DEGRADED : Status.DOWN;
    } else {
      found = keys.fetchedAt() == null ? Status.UNKNOWN : Status.UP;
    }
    if (found != status) {
      status = found;
      since = clock.instant();
    }
    return new ServerAvailability.Report(
        status, since, failure == null ? null : failure.reason().code());
  }

  @Override
  public void probeIfOutdated() {
    Instant fetchedAt = jwts.keys().state().fetchedAt();
    if (report().status() != Status.UP
        || fetchedAt == null
        || clock.instant().isAfter(fetchedAt.plus(QUIET))) {
      // If no thread can be had, the next call tries again.
      var unused = background.test(() -> jwts.keys().resolve(deadlines.get()));
    }
  }

  private final class Call implements VerificationCall {

    private final BearerToken token;
    private final Deadline deadline;

    Call(BearerToken token, Deadline deadline) {
      this.token = token;
      this.deadline = deadline;
    }

    @Override
    public boolean mayBlock() {
      return !jwts.hasKeys();
    }

    @Override
    public @Nullable VerificationResult decideNow() {
      long start = System.nanoTime();
      VerificationResult result = jwts.verifyNow(token).orElse(null);
      if (result != null) {
        latencies.record(result, start);
      }
      return result;
    }

    @Override
    public VerificationResult send() {
      long start = System.nanoTime();
      VerificationResult result = jwts.verify(token, deadline);
      latencies.record(result, start);
      return result;
    }

    @Override
    public void cutShort() {
      deadline.cutShort();
    }

    @Override
    public boolean isUnresponsive() {
      return false;
    }

    @Override
    public boolean isLocal() {
      return true;
    }
  }
}
