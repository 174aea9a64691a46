package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.BrokenStore;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelegatingTokenStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final InMemoryTokenStore target = new InMemoryTokenStore();
  private final TokenStore store = new DelegatingTokenStore(target) {};

  @Test // a default method that is not overridden would bypass the wrapped store
  void everyMethodOfTheInterfaceIsPassedOn() {
    List<String> missing = new ArrayList<>();
    for (Method method : TokenStore.class.getMethods()) {
      boolean overridden =
          Arrays.stream(DelegatingTokenStore.class.getDeclaredMethods())
              .anyMatch(
                  own ->
                      own.getName().equals(method.getName())
                          && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
      if (!overridden && !Modifier.isStatic(method.getModifiers())) {
        missing.add(method.getName());
      }
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void everyEffectAndResultIsThatOfTheWrappedStore() {
    OpaqueToken token = OpaqueToken.random();
    OpaqueToken code = OpaqueToken.random();
    StoredToken refresh =
        StoredToken.builder(TokenKind.REFRESH, "client", NOW, NOW.plusSeconds(60))
            .grantId("grant")
            .build();
    Rotation rotation = Rotation.startedAt(NOW);

    store.save(List.of(new IssuedToken(token.hash(), refresh)));
    StoreContract.saveCode(store, code, StoreContract.code("grant", NOW));
    assertThat(target.find(token)).contains(refresh).isEqualTo(store.find(token));
    assertThat(target.findCode(code)).isPresent().isEqualTo(store.findCode(code));

    assertThat(store.redeemCode(code.hash(), List.of())).isTrue();
    assertThat(target.redeemCode(code.hash(), List.of())).isFalse();
    assertThat(store.rotate(token.hash(), rotation, List.of())).contains(rotation);
    assertThat(target.rotate(token.hash(), Rotation.startedAt(NOW), List.of())).contains(rotation);
    assertThat(store.markUsed(code.hash(), NOW.plusSeconds(60))).isTrue();
    assertThat(target.markUsed(code.hash(), NOW.plusSeconds(60))).isFalse();

    store.revoke(token.hash());
    assertThat(target.find(token).orElseThrow().status()).isEqualTo(TokenStatus.REVOKED);
    OpaqueToken other = OpaqueToken.random();
    target.save(List.of(new IssuedToken(other.hash(), refresh)));
    store.revokeGrant("grant");
    assertThat(target.find(other).orElseThrow().status()).isEqualTo(TokenStatus.REVOKED);

    assertThat(store.sweep(NOW.plusSeconds(60))).isEqualTo(2);
    assertThat(target.find(token)).isEmpty();
  }

  @Test // the filter in the same process evicts its cache then
  void aListenerRunsAfterEachRevocationAndAfterNothingElse() {
    List<TokenStatus> seen = new ArrayList<>();
    OpaqueToken token = OpaqueToken.random();
    RevocationListeningStore listening =
        new RevocationListeningStore(
            target, () -> seen.add(target.find(token).orElseThrow().status()));

    listening.save(
        List.of(
            new IssuedToken(
                token.hash(),
                StoredToken.builder(TokenKind.ACCESS, "client", NOW, NOW.plusSeconds(60))
                    .grantId("grant")
                    .build())));
    listening.find(token);
    listening.sweep(NOW);
    assertThat(seen).isEmpty();

    listening.revoke(token.hash());
    listening.revokeGrant("grant");
    // The store knows of the revocation when the listener runs.
    assertThat(seen).containsExactly(TokenStatus.REVOKED, TokenStatus.REVOKED);
  }

  @Test
  void aRevocationThatFailedIsNotAnnounced() {
    List<String> announced = new ArrayList<>();
    RevocationListeningStore listening =
        new RevocationListeningStore(new BrokenStore(), () -> announced.add("revoked"));

    assertThatThrownBy(() -> listening.revoke(TokenHash.of("token")))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> listening.revokeGrant("grant"))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(announced).isEmpty();
  }
}
