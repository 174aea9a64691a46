package dev.gatehouse.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class InMemorySessionOwnersTest {

  private static final Duration IDLE = Duration.ofHours(1);

  @Test
  void aSessionHasOneOwner() {
    SessionOwners owners = new InMemorySessionOwners(IDLE, Ticker.systemTicker());
    assertThat(owners.bind("s", "alice")).isTrue();
    assertThat(owners.bind("s", "alice")).isTrue();
    assertThat(owners.bind("s", "bob")).isFalse();
    assertThat(owners.recordUse("s", "bob")).isFalse();
    owners.remove("s", "bob");
    assertThat(owners.recordUse("s", "alice")).isTrue();
    owners.remove("s", "alice");
    assertThat(owners.recordUse("s", "alice")).isFalse();
  }

  @Test
  void theNumberOfSessionsIsBounded() {
    InMemorySessionOwners owners = new InMemorySessionOwners(IDLE, Ticker.systemTicker(), 100);
    for (int i = 0; i < 10_000; i++) {
      owners.bind("s" + i, "alice");
    }
    assertThat(owners.size()).isLessThanOrEqualTo(100);
  }

  @Test
  void ofTwoCallersThatBindASessionAtOnceOneBecomesItsOwner() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      SessionOwners owners = new InMemorySessionOwners(IDLE, Ticker.systemTicker());
      for (int i = 0; i < 2_000; i++) {
        String session = "s" + i;
        List<Callable<Boolean>> both = new ArrayList<>();
        both.add(() -> owners.bind(session, "alice"));
        both.add(() -> owners.bind(session, "bob"));
        int bound = 0;
        for (Future<Boolean> each : threads.invokeAll(both)) {
          bound += each.get() ? 1 : 0;
        }
        assertThat(bound).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
