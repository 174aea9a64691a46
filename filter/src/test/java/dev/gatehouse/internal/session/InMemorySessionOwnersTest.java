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
import java.util.concurrent.atomic.AtomicLong;
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
  void aCallerThatBeginsManySessionsDoesNotDisplaceThoseOfOthers() {
    InMemorySessionOwners owners = new InMemorySessionOwners(IDLE, Ticker.systemTicker(), 1_000);
    for (int i = 0; i < 10; i++) {
      owners.bind("of bob " + i, "bob");
    }
    for (int i = 0; i < 20_000; i++) {
      owners.bind("s" + i, "alice");
      for (int use = 0; use < 3; use++) {
        assertThat(owners.recordUse("s" + i, "alice")).isTrue();
      }
    }
    for (int i = 0; i < 10; i++) {
      assertThat(owners.recordUse("of bob " + i, "bob")).isTrue();
    }
    assertThat(owners.size()).isEqualTo(110);
  }

  @Test
  void ofTheSessionsOfACallerThoseInUseAreKept() {
    InMemorySessionOwners owners = new InMemorySessionOwners(IDLE, Ticker.systemTicker(), 1_000);
    owners.bind("in use", "alice");
    owners.bind("idle", "alice");
    for (int i = 0; i < 500; i++) {
      owners.bind("s" + i, "alice");
      assertThat(owners.recordUse("in use", "alice")).isTrue();
    }
    assertThat(owners.recordUse("idle", "alice")).isFalse();
  }

  @Test
  void sessionsThatHaveEndedDoNotCount() {
    AtomicLong now = new AtomicLong();
    InMemorySessionOwners owners = new InMemorySessionOwners(IDLE, now::get, 1_000);
    owners.bind("first", "alice");
    for (int i = 0; i < 500; i++) {
      owners.bind("s" + i, "alice");
      owners.remove("s" + i, "alice");
      assertThat(owners.bind("first", "bob")).isFalse();
    }
    assertThat(owners.recordUse("first", "alice")).isTrue();
    now.addAndGet(IDLE.plusSeconds(1).toNanos());
    assertThat(owners.size()).isZero();
    assertThat(owners.owners()).isZero();
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
