package dev.gatehouse.internal.proof;

import static dev.gatehouse.internal.proof.UsedProofs.Use.AGAIN;
import static dev.gatehouse.internal.proof.UsedProofs.Use.FIRST;
import static dev.gatehouse.internal.proof.UsedProofs.Use.TOO_MANY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each proof once, in bounded memory (RFC 9449 §11.1). */
class InMemoryUsedProofsTest {

  private static final int CAPACITY = 1600;
  private static final long MILLIS = 60_000;

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final InMemoryUsedProofs proofs = new InMemoryUsedProofs(clock, CAPACITY);

  private int number;

  private UsedProofs.Use useNew(String key) {
    return proofs.use(key, Integer.toString(number++), MILLIS);
  }

  @Test
  void aProofIsRememberedUntilItsTimeHasPassed() {
    assertThat(proofs.use("k", "a", MILLIS)).isEqualTo(FIRST);
    clock.advance(Duration.ofMillis(MILLIS));
    assertThat(proofs.use("k", "a", 0)).isEqualTo(AGAIN);
    clock.advance(Duration.ofSeconds(1));
    assertThat(proofs.use("k", "a", MILLIS)).isEqualTo(FIRST);
    assertThat(proofs.size()).isEqualTo(1);
  }

  @Test
  void keysAndIdsAreNotConfused() {
    assertThat(proofs.use("k", "a", MILLIS)).isEqualTo(FIRST);
    assertThat(proofs.use("k", "b", MILLIS)).isEqualTo(FIRST);
    assertThat(proofs.use("l", "a", MILLIS)).isEqualTo(FIRST);
  }

  @Test
  void aKeyThatFloodsIsRefusedAndForgetsNothing() {
    assertThat(proofs.use("flood", "first", MILLIS)).isEqualTo(FIRST);
    int accepted = 1;
    while (useNew("flood") == FIRST) {
      accepted++;
    }

    assertThat(accepted).isBetween(CAPACITY / 18, CAPACITY / 15);
    assertThat(useNew("flood")).isEqualTo(TOO_MANY);
    assertThat(proofs.use("flood", "first", MILLIS)).isEqualTo(AGAIN);
    assertThat(useNew("other")).isEqualTo(FIRST);
    clock.advance(Duration.ofMillis(MILLIS + 1000));
    assertThat(useNew("flood")).isEqualTo(FIRST);
  }

  @Test
  void aNewKeyFindsRoomWhileHundredsFlood() {
    for (int round = 0; round < 20; round++) {
      IntStream.range(0, 200).forEach(key -> useNew("flood" + key));
    }

    assertThat(proofs.size()).isBetween(CAPACITY * 8 / 10, CAPACITY - 1);
    assertThat(useNew("flood7")).isEqualTo(TOO_MANY);
    assertThat(useNew("honest")).isEqualTo(FIRST);
    assertThat(useNew("honest")).isEqualTo(FIRST);
  }

  @Test
  void theMemoryIsBoundedWhoeverFillsIt() {
    for (int key = 0; key < 2 * CAPACITY; key++) {
      useNew("key" + key);
    }

    assertThat(proofs.size()).isEqualTo(CAPACITY);
    assertThat(useNew("another")).isEqualTo(TOO_MANY);
    clock.advance(Duration.ofMillis(MILLIS + 1000));
    assertThat(useNew("another")).isEqualTo(FIRST);
    assertThat(proofs.size()).isEqualTo(1);
  }

  @Test
  void oneOfManyThreadsUsesAProof() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 500; round++) {
        String id = "round" + round;
        AtomicInteger first = new AtomicInteger();
        List<Future<?>> uses =
            IntStream.range(0, 8)
                .<Future<?>>mapToObj(
                    thread ->
                        threads.submit(
                            () -> {
                              if (proofs.use("key" + id, id, MILLIS) == FIRST) {
                                first.incrementAndGet();
                              }
                            }))
                .toList();
        for (Future<?> use : uses) {
          use.get();
        }
        assertThat(first).hasValue(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
