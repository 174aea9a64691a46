package dev.gatehouse.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OpenStreamsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final BearerToken TOKEN = new BearerToken("a-token");

  private static final VerificationResult.Active RESULT =
      new VerificationResult.Active(
          new TokenClaims(
              "alice",
              new TokenClaims.Terms(
                  null, null, List.of(), Set.of(), null, null, null, false, false),
              ManualClock.NOW.plus(MINUTE).getEpochSecond(),
              0,
              Map.of()),
          new TrustedServer(
              "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE));

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final AtomicBoolean noMoreThreads = new AtomicBoolean();

  /** Fails as the start of a thread does when the operating system has none. */
  private Thread newThread(Runnable task, String name) {
    if (noMoreThreads.get()) {
      throw new OutOfMemoryError("unable to create native thread (by the test)");
    }
    return new Thread(task, name);
  }

  private OpenStreams streams() {
    return new OpenStreams(
        token -> RESULT,
        new StreamSettings(MINUTE, Duration.ofSeconds(1)),
        clock,
        clock,
        new StreamThreads(this::newThread));
  }

  private static void open(OpenStreams streams, @Nullable Runnable sessionUse) {
    streams.add(new OpenStream(streams, TOKEN, RESULT, 0, sessionUse));
  }

  @Test
  void streamsEndAfterATimeWithoutAThreadForTheirTimer() {
    log.announce("no thread for the timer of streams");
    OpenStreams streams = streams();
    try {
      noMoreThreads.set(true);
      open(streams, null);
      noMoreThreads.set(false);
      streams.admit(TOKEN, RESULT, 0, null); // any later request
      clock.advance(MINUTE);
      Await.until("the stream has ended", () -> streams.size() == 0);
    } finally {
      streams.close();
      streams.awaitTermination();
    }
  }

  @Test
  void aStoreOfSessionsThatFailsDelaysTheEndOfNoStream() {
    log.announce("the use of a session by an open stream could not be recorded");
    OpenStreams streams = streams();
    try {
      for (int i = 0; i < 100; i++) {
        open(
            streams,
            () -> {
              throw new IllegalStateException("the store is down (by the test)");
            });
      }
      clock.advance(Duration.ofSeconds(2));
      streams.sweep();
      assertThat(log.messages("ERROR")).hasSizeGreaterThanOrEqualTo(100);
      clock.advance(MINUTE);
      Await.until("all streams have ended", () -> streams.size() == 0);
    } finally {
      streams.close();
      streams.awaitTermination();
    }
  }

  @Test
  void endsDoNotWaitForRechecksThatHang() {
    CountDownLatch response = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    OpenStreams streams =
        new OpenStreams(
            token -> {
              hanging.incrementAndGet();
              awaitInterruptibly(response);
              return RESULT;
            },
            new StreamSettings(Duration.ofSeconds(10), MINUTE),
            clock,
            clock,
            new StreamThreads(this::newThread));
    try {
      for (int i = 0; i < 1_000; i++) {
        streams.add(new OpenStream(streams, new BearerToken("token-" + i), RESULT, 0, null));
      }
      clock.advance(Duration.ofSeconds(20));
      Await.until("all threads for rechecks hang", () -> hanging.get() == 4);

      streams.evict((token, result) -> token.value().endsWith("7"));
      Await.until("the evicted streams have ended", () -> streams.size() == 900);
      assertThat(streams.ended(EndReason.EVICTED)).isEqualTo(100);
      clock.advance(MINUTE);
      Await.until("the others have expired", () -> streams.size() == 0);
      assertThat(streams.ended(EndReason.EXPIRED)).isEqualTo(900);
      assertThat(hanging).hasValue(4);

    } finally {
      response.countDown();
      streams.close();
      streams.awaitTermination();
    }
  }

  private static void awaitInterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
