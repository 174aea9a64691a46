package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that stores exchange: what they promise, and that none prints a secret. */
class StoredValuesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static StoredToken.Builder token() {
    return StoredToken.builder(TokenKind.ACCESS, "client", NOW, NOW.plusSeconds(60));
  }

  @Test // RFC 7519 §4.1.4: not on or after the expiry
  void aTokenIsActiveFromItsBeginUntilTheInstantBeforeItsExpiry() {
    StoredToken token = token().notBefore(NOW.plusSeconds(10)).build();

    assertThat(token.isActiveAt(NOW)).isFalse();
    assertThat(token.isActiveAt(NOW.plusSeconds(10).minusNanos(1))).isFalse();
    assertThat(token.isActiveAt(NOW.plusSeconds(10))).isTrue();
    assertThat(token.isActiveAt(NOW.plusSeconds(60).minusNanos(1))).isTrue();
    assertThat(token.isActiveAt(NOW.plusSeconds(60))).isFalse();
    assertThat(token().build().isActiveAt(NOW)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(TokenStatus.class)
  void onlyAGoodTokenIsActive(TokenStatus status) {
    StoredToken token = token().status(status).build();

    assertThat(token.isActiveAt(NOW)).isEqualTo(status == TokenStatus.GOOD);
    assertThat(token().build().withStatus(status))
        .usingRecursiveComparison()
        .ignoringFields("id", "grantId")
        .isEqualTo(token);
  }

  @Test
  void aTokenThatIsNeverValidCannotBeMade() {
    assertThatThrownBy(() -> token().notBefore(NOW.plusSeconds(60)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't begin at");
    assertThatThrownBy(() -> StoredToken.builder(TokenKind.ACCESS, "client", NOW, NOW).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eachTokenHasAnIdAndAGrantOfItsOwnWhenNotSet() {
    StoredToken one = token().build();
    StoredToken two = token().build();

    assertThat(one.id()).isNotEqualTo(two.id());
    assertThat(one.grantId()).isNotEqualTo(two.grantId());
    assertThat(token().grantId("grant").build().grantId()).isEqualTo("grant");
  }

  @Test
  void scopesAndAudienceKeepTheirOrderAndCannotBeChanged() {
    StoredToken token = token().scopes("b", "a", "b").audience(List.of("y", "x")).build();

    assertThat(token.scopes()).containsExactly("b", "a");
    assertThat(token.audience()).containsExactly("y", "x");
    assertThatThrownBy(() -> token.scopes().add("c"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aRedeemedCodeIsTheSameOtherwise() {
    StoredCode code = StoreContract.code("grant", NOW);

    assertThat(code.redeemed()).isFalse();
    assertThat(code.asRedeemed().redeemed()).isTrue();
    assertThat(code.asRedeemed())
        .usingRecursiveComparison()
        .ignoringFields("redeemed")
        .isEqualTo(code);
  }

  @Test // RFC 6749 §10.10
  void randomTokensAre256BitsThatNeverRepeat() {
    Set<String> values = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String value = OpaqueToken.random().value();
      assertThat(value).matches("[A-Za-z0-9_-]{43}");
      values.add(value);
    }
    assertThat(values).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "token",
        "gqb_J0eVXJ0Jc8WbBvhvTqhXkJQXb6RWo1HlMXNoJe", // 42 characters
        "gqb_J0eVXJ0Jc8WbBvhvTqhXkJQXb6RWo1HlMXNoJeff", // 44 characters
        "gqb_J0eVXJ0Jc8WbBvhvTqhXkJQXb6RWo1HlMXNoJe=",
        "gqb+J0eVXJ0Jc8WbBvhvTqhXkJQXb6RWo1HlMXNoJe/",
        "gqb_J0eVXJ0Jc8WbBvhvTqhXkJQXb6RWo1HlMXNoJ\n\n",
      })
  void aHashIs43CharactersAndTheRefusalDoesNotRepeatTheValue(String value) {
    assertThatThrownBy(() -> new TokenHash(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a token hash is 43 characters of base64url; write TokenHash.of(token)");
  }

  @Test // FIPS 180-4's example "abc"
  void aHashIsSha256InBase64url() {
    assertThat(TokenHash.of("abc").value())
        .isEqualTo("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    assertThat(new OpaqueToken("abc").hash()).isEqualTo(TokenHash.of("abc"));
  }

  @Test
  void noValuePrintsASecret() {
    OpaqueToken token = OpaqueToken.random();
    Rotation rotation = Rotation.startedAt(NOW);
    User user = new User("1234", "alice", "$2a$10$secret-hash");

    assertThat(token.toString()).doesNotContain(token.value()).doesNotContain(token.hash().value());
    // Enough to recognize a token in a log, and too little to look it up.
    assertThat(token.hash().toString())
        .contains(token.hash().value().substring(0, 8))
        .doesNotContain(token.hash().value().substring(0, 9));
    assertThat(new IssuedToken(token.hash(), token().build()).toString())
        .doesNotContain(token.value())
        .doesNotContain(token.hash().value());
    assertThat(rotation.toString()).doesNotContain(rotation.nonce());
    assertThat(user.toString()).doesNotContain("secret-hash").doesNotContain("$2a$");
    assertThat(new StoreUnavailableException("looking up a token", new RuntimeException()))
        .hasMessage("looking up a token");
  }

  @Test // RFC 9700 §4.14.2
  void aRotationHasOneSuccessorThatNeedsBothTheTokenAndTheNonce() {
    OpaqueToken used = OpaqueToken.random();
    Rotation rotation = Rotation.startedAt(NOW);
    OpaqueToken successor = rotation.successorOf(used);

    assertThat(successor.value()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(used.value());
    assertThat(new Rotation(rotation.nonce(), NOW.plusSeconds(5)).successorOf(used))
        .isEqualTo(successor);
    assertThat(rotation.successorOf(OpaqueToken.random())).isNotEqualTo(successor);
    assertThat(Rotation.startedAt(NOW).successorOf(used)).isNotEqualTo(successor);
    assertThat(new OpaqueToken(rotation.nonce())).isNotEqualTo(successor);
  }

  @Test
  void setsKeepTheirOrderAndAreCopies() {
    List<String> values = new ArrayList<>();
    for (int i = 100; i > 0; i--) {
      values.add("value-" + i);
    }
    Set<String> copy = OrderedSets.copyOf(values);
    List<String> before = List.copyOf(values);
    values.clear();

    assertThat(copy).containsExactlyElementsOf(before);
    assertThatThrownBy(() -> copy.remove("value-1"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> OrderedSets.copyOf(Arrays.asList("a", null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(OrderedSets.copyOf(Collections.emptyList())).isEmpty();
  }

  @Test // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  void aScopeTokenHasOnlyTheCharactersOfTheGrammar() {
    for (int c = 0; c <= 0xFFFF; c++) {
      boolean legal = c == 0x21 || (c >= 0x23 && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
      String text = String.valueOf((char) c);

      assertThat(ScopeNames.isLegal(text)).as("U+%04X", c).isEqualTo(legal);
      assertThat(ScopeNames.isLegal("a" + text + "b")).as("U+%04X", c).isEqualTo(legal);
    }
    assertThat(ScopeNames.isLegal("")).isFalse();
    assertThat(ScopeNames.isLegal("\ud83d\ude00")).isFalse();
    assertThat(ScopeNames.isLegal(ScopeNames.INTROSPECT)).isTrue();
  }

  @Test // the code of a consent form is derived from the cookie
  void aDerivedTokenDependsOnTheTokenAndTheTextAndRevealsNeither() {
    OpaqueToken token = OpaqueToken.random();

    OpaqueToken derived = token.derive("text");

    assertThat(derived).isEqualTo(new OpaqueToken(token.value()).derive("text"));
    assertThat(derived.value()).matches("[A-Za-z0-9_-]{43}").doesNotContain("text");
    assertThat(derived)
        .isNotEqualTo(token)
        .isNotEqualTo(token.derive("text "))
        .isNotEqualTo(OpaqueToken.random().derive("text"));
  }

  @Test
  void withAnotherStatusATokenIsBoundToTheSameKeys() {
    Confirmation keys = new Confirmation("k".repeat(43), null);
    StoredToken token = token().confirmation(keys).build();

    assertThat(token.withStatus(TokenStatus.REVOKED).confirmation()).isEqualTo(keys);
    assertThat(token().build().confirmation()).isNull();
    assertThat(StoreContract.code("grant", NOW).asRedeemed().dpopKeyThumbprint())
        .isEqualTo("k".repeat(43));
  }

  @Test // otherwise a damaged row would make a bound token a bearer token
  void aConfirmationHasAtLeastOneThumbprintAndNothingElse() {
    String good = "k".repeat(43);
    for (String bad :
        List.of("", "k".repeat(42), "k".repeat(44), "k".repeat(42) + "=", " " + good)) {
      assertThatThrownBy(() -> new Confirmation(bad, null))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Confirmation(good, bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Confirmation(null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Confirmation.of(null, null)).isNull();
    assertThat(new Confirmation(good, "c".repeat(43)).members())
        .containsExactly(Map.entry("jkt", good), Map.entry("x5t#S256", "c".repeat(43)));
  }

  @Test
  void aSigningKeyIsPrivateNamedAndPrintsNoSecret() throws JOSEException {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").algorithm(JWSAlgorithm.ES256).generate();

    assertThat(new SigningKey(1, key, NOW, NOW).toString())
        .isEqualTo("SigningKey[1, a, signs from 2026-11-21T12:00:00Z]");
    for (JWK wrong :
        List.of(
            key.toPublicJWK(),
            new ECKeyGenerator(Curve.P_256).keyID("a").generate(),
            new ECKeyGenerator(Curve.P_256).algorithm(JWSAlgorithm.ES256).generate(),
            new OctetSequenceKeyGenerator(256)
                .keyID("a")
                .algorithm(JWSAlgorithm.HS256)
                .generate())) {
      assertThatThrownBy(() -> new SigningKey(1, wrong, NOW, NOW))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("signing key 1 is not a private key with kid and alg");
    }
    assertThatThrownBy(() -> new SigningKey(1, key, NOW, NOW.minusNanos(1)))
        .hasMessage("signing key 1 would sign before it is published");
  }
}
