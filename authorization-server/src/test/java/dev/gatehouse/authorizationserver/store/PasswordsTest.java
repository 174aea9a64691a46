package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private static final Optional<User> ALICE = Optional.of(User.withPassword("alice", "pässwörd €"));

  @Test
  void onlyTheVeryPasswordMatches() {
    assertThat(Passwords.matches(ALICE, "pässwörd €")).isTrue();
    for (String wrong :
        List.of(
            "", "pässwörd ", "pässwörd €€", "PÄSSWÖRD €", "password €", "p\u0000", " pässwörd €")) {
      assertThat(Passwords.matches(ALICE, wrong)).as(wrong).isFalse();
    }
  }

  @Test
  void noPasswordMatchesAnUnknownUser() {
    assertThat(Passwords.matches(Optional.empty(), "")).isFalse();
    assertThat(Passwords.matches(Optional.empty(), "pässwörd €")).isFalse();
    assertThat(Passwords.matches(Optional.empty(), "x".repeat(1_000))).isFalse();
  }

  @Test // bcrypt ignores what follows
  void aPasswordHasAtMost72Bytes() {
    String longest = "x".repeat(72);
    Optional<User> user = Optional.of(User.withPassword("bob", longest));

    assertThat(Passwords.matches(user, longest)).isTrue();
    assertThat(Passwords.matches(user, longest + "x")).isFalse();
    assertThat(Passwords.matches(user, "x".repeat(71))).isFalse();
    assertThatThrownBy(() -> User.withPassword("bob", longest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the password is too long for bcrypt; write one of at most 72 bytes");
    assertThatThrownBy(() -> User.withPassword("bob", "ä".repeat(37)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyByteOfTheLongestPasswordCounts() {
    Optional<User> user = Optional.of(User.withPassword("bob", "x".repeat(71) + "y"));

    assertThat(Passwords.matches(user, "x".repeat(71) + "y")).isTrue();
    assertThat(Passwords.matches(user, "x".repeat(72))).isFalse();
    assertThat(Passwords.matches(user, "x".repeat(71))).isFalse();
  }

  @ParameterizedTest(name = "[{index}]")
  @ValueSource(
      strings = {
        "\u0000",
        "secret\u0000",
        "secret\u0000secret",
        "\u0000secret",
        "secret\n",
        "\tsecret",
        "sec\u007fret",
        "sec\u0085ret",
        "sec\ud800ret",
        "secret\udc00"
      })
  void aPasswordThatTheHashFunctionReadsDifferentlyIsNeitherSetNorMatched(String password) {
    assertThatThrownBy(() -> User.withPassword("bob", password))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the password contains control characters or halves of surrogate pairs; write"
                + " one without them");
    for (String set : List.of("secret", "", "sec?ret", "secret?")) {
      assertThat(Passwords.matches(Optional.of(User.withPassword("bob", set)), password)).isFalse();
    }
  }

  @Test // a password that is too long is not checked as an empty one
  void aPasswordThatIsTooLongIsNotTheEmptyOne() {
    Optional<User> empty = Optional.of(User.withPassword("bob", ""));

    assertThat(Passwords.matches(empty, "x".repeat(73))).isFalse();
  }

  @Test
  void equalPasswordsHaveDifferentHashesOfTheRecommendedCost() {
    String one = User.withPassword("a", "same").passwordHash();

    assertThat(one).startsWith("$2a$10$").doesNotContain("same");
    assertThat(User.withPassword("a", "same").passwordHash()).isNotEqualTo(one);
  }

  @Test // hashes of other tools
  void hashesOfOtherVersionsAndCostsAreChecked() {
    Optional<User> openBsd =
        Optional.of(
            new User(
                "1", "a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")); // "a"

    assertThat(Passwords.matches(openBsd, "a")).isTrue();
    assertThat(Passwords.matches(openBsd, "b")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", "$2a$", "$2a$10$short", "{noop}secret", "$1$x$y"})
  void aHashThatIsNoneMatchesNothing(String hash) {
    Optional<User> user = Optional.of(new User("1", "a", hash));

    assertThat(Passwords.matches(user, "secret")).isFalse();
    assertThat(Passwords.matches(user, "")).isFalse();
  }
}
