package dev.gatehouse;

import dev.gatehouse.Health.Status;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the latest questions have shown of one authorization server. Safe for use by many threads.
 *
 * <p>Callers' tokens alone can't make it {@link Status#DOWN}, or whoever has one that the server
 * chokes on could take this server out of its load balancer: for that, its endpoints have to be
 * left alone, or a token of our own must have failed.
 */
final class ServerHealth {

  /** With nothing heard for so long, it is time to ask. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** While it is not up, so often at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final String name;
  private final List<EndpointCircuitBreaker> endpoints;
  private final InstantSource clock;

  private Status status = Status.UNKNOWN;
  private Instant since;
  private boolean answered;
  private boolean ownTokenFailed;
  private @Nullable Reason failure;
  private Instant lastHeard = Instant.MIN;
  private Instant lastProbe = Instant.MIN;
  private boolean probing;

  ServerHealth(String name, List<EndpointCircuitBreaker> endpoints, InstantSource clock) {
    this.name = name;
    this.endpoints = endpoints;
    this.clock = clock;
    this.since = clock.instant();
  }

  /** A caller's token has been asked about. */
  void note(Verdict verdict) {
    note(verdict, false);
  }

  private synchronized void note(Verdict verdict, boolean own) {
    if (!(verdict instanceof Verdict.Unavailable unavailable)) {
      answered = true;
      ownTokenFailed = false;
      failure = null;
    } else if (unavailable.reason() != Reason.INTERRUPTED) {
      answered = false;
      ownTokenFailed |= own;
      if (failure == null || unavailable.reason() != Reason.AS_NOT_ASKED) {
        failure = unavailable.reason(); // what brought that about says more
      }
    }
    lastHeard = clock.instant();
    update();
  }

  /** As it is now: a breaker may have moved meanwhile. */
  synchronized Health.Server now() {
    update();
    return new Health.Server(name, status, since, failure == null ? null : failure.code());
  }

  private void update() {
    Status found = found();
    if (found != status) {
      status = found;
      since = clock.instant();
    }
  }

  private Status found() {
    if (!answered && failure == null) {
      return Status.UNKNOWN;
    }
    long leftAlone = endpoints.stream().filter(each -> each.state() != State.CLOSED).count();
    if (!answered && (ownTokenFailed || leftAlone == endpoints.size())) {
      return Status.DOWN;
    }
    return answered && leftAlone == 0 ? Status.UP : Status.DEGRADED;
  }

  /** Whether it is time for a question of our own; who is told so calls {@link #probe}. */
  synchronized boolean beginProbe() {
    if (probing || !isProbeDue()) {
      return false;
    }
    probing = true;
    return true;
  }

  private boolean isProbeDue() {
    Instant now = clock.instant();
    return status == Status.UP
        ? !now.isBefore(lastHeard.plus(QUIET))
        : !now.isBefore(lastProbe.plus(PATIENCE));
  }

  /** Puts our own question, on this thread. */
  void probe(Supplier<Verdict> question) {
    try {
      note(question.get(), true);
    } finally {
      endProbe();
    }
  }

  private synchronized void endProbe() {
    lastProbe = clock.instant();
    probing = false;
  }
}
