package dev.gatehouse.authorizationserver.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.GrantType;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.UserStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemorySessionStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from the stores, limits and addresses that a server was given. */
class StoresTest {
  private static final User ALICE = new User("1234", "alice", "$2a$10$hash");

  private final TurnedClock clock = new TurnedClock();

  private static Stores stores(@Nullable ClientRegistry clients, @Nullable UserStore users) {
    return new Stores(new InMemoryTokenStore(), new InMemorySessionStore(), clients, users);
  }

  private static Stores withUsers() {
    return stores(
        new InMemoryClientRegistry(List.of()),
        name -> name.equals("alice") ? Optional.of(ALICE) : Optional.empty());
  }

  @Test
  void clientsAreRequiredAndUsersAreNot() {
    assertThat(stores(null, null).errors())
        .singleElement()
        .asString()
        .startsWith("clientRegistry: is missing; write ");
    assertThat(stores(new InMemoryClientRegistry(List.of()), null).errors()).isEmpty();
  }

  @Test // RFC 6749 §4.1: only a user can give consent
  void withoutUsersClientsActOnlyForThemselves() {
    assertThat(stores(new InMemoryClientRegistry(List.of()), null).grantTypes())
        .containsExactly(GrantType.CLIENT_CREDENTIALS);
    assertThat(withUsers().grantTypes())
        .containsExactly(
            GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS);
  }

  @Test // a name that was reassigned is another user
  void aUserExistsAsLongAsNameAndSubjectFit() {
    assertThat(withUsers().userExists("1234", "alice")).isTrue();
    assertThat(withUsers().userExists("5678", "alice")).isFalse();
    assertThat(withUsers().userExists("1234", "bob")).isFalse();
    assertThat(withUsers().userExists(null, "alice")).isFalse();
    assertThat(withUsers().userExists("1234", null)).isFalse();
    assertThat(stores(new InMemoryClientRegistry(List.of()), null).userExists("1234", "alice"))
        .isFalse();
  }

  @Test
  void useIsRecordedOnlyWhereClientsCanRegister() {
    InMemoryClientRegistry registry = new InMemoryClientRegistry(List.of());
    RegisteredClient client = RegisteredClient.builder("added").build();
    registry.add(client, clock.instant());
    stores(registry, null).recordUse(client, clock.instant());
    registry.sweep(clock.instant().plusSeconds(1), clock.instant());
    assertThat(registry.find("added")).isPresent();

    Stores fixed = stores(id -> Optional.of(client), null);
    fixed.recordUse(client, clock.instant());
    assertThat(fixed.selfRegisteredClients()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/, true",
    "http://LocalHost:1/, true",
    "https://127.0.0.1/, true",
    "http://127.255.255.255/, true",
    "http://[::1]/, true",
    "http://128.0.0.1/, false",
    "http://127.0.0/, false",
    "http://127.0.0.1.example.com/, false",
    "http://localhost.example.com/, false",
    "http://[::2]/, false",
    "http://[::ffff:127.0.0.1]/, false",
    "http://0.0.0.0/, false",
    "http://example.com/127.0.0.1, false",
    "http://127.0.0.1@example.com/, false",
    "localhost:/, false",
    "app:/localhost, false",
  })
  void loopbackIsRecognizedByTheHostAlone(String uri, boolean loopback) {
    assertThat(LoopbackUris.isLoopback(URI.create(uri))).isEqualTo(loopback);
  }

  @Test // the numbers are in the guide
  void theDefaultLimitsAllowAsManyAttemptsAsTheGuideSays() {
    ServerRateLimits limits =
        ServerRateLimits.of(InMemoryRateLimit.factory(), clock, null, null, null);

    assertThat(allowed(limits.introspection())).isEqualTo(5_000);
    assertThat(allowed(limits.failedAuthentications())).isEqualTo(30);
    assertThat(allowed(limits.registration().perAddress())).isEqualTo(60);
    assertThat(allowed(limits.registration().firstOfNetwork())).isEqualTo(5);
    assertThat(allowed(limits.registration().first())).isEqualTo(2_500);
    assertThat(allowed(limits.registration().further())).isEqualTo(2_500);
    assertThat(allowed(limits.login().perUserAndAddress())).isEqualTo(5);
    assertThat(allowed(limits.login().perUser())).isEqualTo(100);
    assertThat(allowed(limits.login().perAddress())).isEqualTo(30);
    DocumentRateLimits documents = DocumentRateLimits.of(limits.factory(), clock);
    assertThat(allowed(documents.perCaller())).isEqualTo(20);
    assertThat(allowed(documents.perTarget())).isEqualTo(60);
  }

  @Test
  void aLimitThatIsSetReplacesItsDefaultAlone() {
    RateLimit own = new InMemoryRateLimit(1, Duration.ofDays(1), clock);

    ServerRateLimits limits =
        ServerRateLimits.of(InMemoryRateLimit.factory(), clock, own, null, null);

    assertThat(limits.introspection()).isSameAs(own);
    assertThat(allowed(limits.failedAuthentications())).isEqualTo(30);
  }

  private static int allowed(RateLimit limit) {
    int allowed = 0;
    while (limit.charge("key").isEmpty()) {
      allowed++;
    }
    return allowed;
  }
}
