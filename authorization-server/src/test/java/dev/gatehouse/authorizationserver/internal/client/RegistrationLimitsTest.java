package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.internal.settings.RegistrationRateLimits;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.CapturedLog;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.TestHygiene;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The limits that keep a flood of registrations away from the clients of others. */
class RegistrationLimitsTest {
  private static final Duration KEPT = RegistrationRateLimits.KEPT;

  @SuppressWarnings("NullAway.Init")
  private CapturedLog log;

  @RegisterExtension final BeforeEachCallback takeLog = context -> log = TestHygiene.log(context);

  private final TurnedClock clock = new TurnedClock();
  private final RegistrationLimits limits =
      new RegistrationLimits(
          ServerRateLimits.of(InMemoryRateLimit.factory(), clock, null, null, null).registration(),
          clock);

  /** A client of the flood, to be looked up when it is as old as a client must become. */
  private record Stored(String id, Instant at) {}

  @Test
  @LogsWarning("registrations are refused")
  void aClientIsKeptForHalfAnHourHoweverManyRegisterFromHoweverManyNetworks() {
    MutableClientRegistry registry = new InMemoryClientRegistry(List.of());
    Deque<Stored> young = new ArrayDeque<>();
    int stored = 0;
    for (int attempt = 0; attempt < 200_000; attempt++) {
      clock.turn(Duration.ofMillis(40));
      String network = "10.0." + attempt / 64 % 256 + "." + attempt % 256;
      if (limits.store(attempt % 2 == 0 ? network : "198.51.100.1").isEmpty()) {
        String id = "client-" + stored++;
        registry.add(RegisteredClient.builder(id).build(), clock.instant());
        young.add(new Stored(id, clock.instant()));
      }
      while (!young.isEmpty() && !young.element().at().plus(KEPT).isAfter(clock.instant())) {
        assertThat(registry.find(young.remove().id())).isPresent();
      }
    }

    assertThat(stored).isGreaterThan(2 * MutableClientRegistry.MAX_UNUSED_CLIENTS);
    assertThat(registry.find("client-0")).isEmpty();
  }

  @Test // RFC 6177 §2: a site may have a /48
  @LogsWarning("registrations are refused")
  void theNetworksOfOneIpv6SiteAreFirstTogether() {
    useUpFurther();

    for (int network = 0; network < 5; network++) {
      assertThat(limits.store("2001:db8:1:" + network + "::1")).isEmpty();
    }
    assertThat(limits.store("2001:db8:1:5::1")).isPresent();
    assertThat(limits.store("2001:db8:2::1")).isEmpty();
  }

  @Test
  @LogsWarning("registrations are refused")
  void aNetworkIsFirstAgainAfterAPause() {
    useUpFurther();
    for (int i = 0; i < 5; i++) {
      limits.store("192.0.2.1");
    }
    assertThat(limits.store("192.0.2.1")).isPresent();

    clock.turn(Duration.ofMinutes(12));
    useUpFurther();
    assertThat(limits.store("192.0.2.1")).isEmpty();
    assertThat(limits.store("192.0.2.1")).isPresent();
  }

  @Test
  @LogsWarning("registrations are refused")
  void aRefusedRegistrationIsStillOneOfTheFirst() {
    useUpFurther();
    for (int network = 0; network < 499; network++) {
      for (int i = 0; i < 5; i++) {
        assertThat(limits.store("10.0." + network / 250 + "." + network % 250)).isEmpty();
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(limits.store("192.0.2.1")).contains(KEPT.dividedBy(2_500));
    }

    clock.turn(KEPT.dividedBy(2_500));
    useUpFurther();
    assertThat(limits.store("192.0.2.1")).isEmpty();
  }

  @Test
  void attemptsAreLimitedByAddressAndNotBySite() {
    for (int i = 0; i < 60; i++) {
      assertThat(limits.attempt("2001:db8::1")).isEmpty();
    }

    assertThat(limits.attempt("2001:db8::2")).contains(Duration.ofSeconds(10));
    assertThat(limits.attempt("2001:db8:0:1::1")).isEmpty();
  }

  @Test
  @LogsWarning("registrations are refused")
  void aFloodIsLoggedOnceAMinuteWithTheNumberOfRefusals() {
    useUpFurther();
    for (int i = 0; i < 41; i++) {
      assertThat(limits.store("198.51.100.1")).isPresent();
    }

    clock.turn(Duration.ofSeconds(59));
    useUpFurther();
    clock.turn(Duration.ofSeconds(1));
    useUpFurther();

    assertThat(log.messages())
        .filteredOn(line -> line.startsWith("WARN registrations are refused"))
        .satisfiesExactly(
            first -> assertThat(first).endsWith("refused since the last such line: 1"),
            second -> assertThat(second).endsWith("refused since the last such line: 43"));
  }

  /** A flood from one network, of which only the first registrations are not counted as further. */
  private void useUpFurther() {
    while (limits.store("198.51.100.1").isEmpty()) {
      // Until the limit is reached.
    }
  }
}
