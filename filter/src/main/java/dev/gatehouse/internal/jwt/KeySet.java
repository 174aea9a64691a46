package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.token.LogText;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The usable keys of an authorization server, as fetched at one time. Immutable and thread-safe.
 *
 * @param keys in the order of the server
 * @param ignored what is wrong with each of its other keys, for the log
 */
record KeySet(List<ServerKey> keys, List<String> ignored) {

  /** How many keys are tried for one JWT: each costs as much CPU as the right one. */
  private static final int MAX_TRIED = 8;

  /** What a set of keys says about a signature. */
  enum Match {
    /** The signature is the server's. */
    VALID,
    /** It is not. */
    WRONG,
    /** It may be by a key that was published later. */
    UNKNOWN_KEY
  }

  /**
   * The result of checking a signature.
   *
   * @param detail for the log
   */
  record Checked(Match match, String detail) {

    private static final Checked VALID = new Checked(Match.VALID, "valid");
  }

  KeySet {
    keys = List.copyOf(keys);
    ignored = List.copyOf(ignored);
  }

  /** Checks a signature with the keys that the JWT may be signed with. */
  Checked check(UnverifiedJwt jwt) {
    String id = jwt.header().keyId();
    List<ServerKey> named =
        id == null ? keys : keys.stream().filter(key -> id.equals(key.id())).toList();
    if (named.isEmpty()) {
      return new Checked(
          Match.UNKNOWN_KEY, "the server has no key " + LogText.word(String.valueOf(id)));
    }
    SignatureAlgorithm algorithm = jwt.header().algorithm();
    List<ServerKey> fitting =
        named.stream().filter(key -> key.fits(algorithm)).limit(MAX_TRIED).toList();
    for (ServerKey key : fitting) {
      if (key.hasSigned(jwt)) {
        return Checked.VALID;
      }
    }
    if (id == null) { // then each new key may have signed it
      return new Checked(Match.UNKNOWN_KEY, "the signature is by no key of the server");
    }
    return new Checked(
        Match.WRONG,
        fitting.isEmpty()
            ? "the key " + LogText.word(id) + " is not for " + algorithm.joseName()
            : "the signature is not by the key " + LogText.word(id));
  }

  /** Whether one of the keys can be used with one of these algorithms. */
  boolean fitAny(Iterable<SignatureAlgorithm> algorithms) {
    for (SignatureAlgorithm algorithm : algorithms) {
      if (keys.stream().anyMatch(key -> key.fits(algorithm))) {
        return true;
      }
    }
    return false;
  }

  /** The ids of the usable keys. */
  List<String> ids() {
    return keys.stream().map(ServerKey::id).filter(Objects::nonNull).toList();
  }

  /** The algorithms that the usable keys can be used with. */
  List<SignatureAlgorithm> algorithms() {
    return Stream.of(SignatureAlgorithm.values())
        .filter(algorithm -> fitAny(Arrays.asList(algorithm)))
        .toList();
  }
}
