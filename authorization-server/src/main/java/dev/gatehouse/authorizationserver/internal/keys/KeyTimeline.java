package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.jwk.JWK;
import dev.gatehouse.authorizationserver.store.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of a server at one time, in the order in which they sign. Immutable. */
final class KeyTimeline {
  private final List<SigningKey> keys;
  private final List<JWK> published;
  private final Map<SigningKey, JwtSigner> signers = new HashMap<>();
  private final Instant readAt;

  KeyTimeline(List<SigningKey> keys, Instant readAt) {
    this.keys = List.copyOf(keys);
    this.readAt = readAt;
    this.published = this.keys.stream().map(key -> key.key().toPublicJWK()).toList();
    this.keys.forEach(key -> signers.put(key, new JwtSigner(key.key())));
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  boolean isYoungerThan(Duration age, Instant now) {
    // Absolute: after the clock was turned back, a time in the future is not recent.
    return Duration.between(readAt, now).abs().compareTo(age) < 0;
  }

  SigningKey newest() {
    return keys.get(keys.size() - 1);
  }

  /** Whether the newest key has not begun to sign. */
  boolean isChanging(Instant now) {
    return keys.size() > 1 && now.isBefore(newest().signsFrom());
  }

  /** Whether the newest key will have signed for so long. */
  boolean isDue(Instant at, Duration lifetime) {
    return !at.isBefore(newest().signsFrom().plus(lifetime));
  }

  /** The signer of the last key that has begun to sign; the first key, if none has. */
  JwtSigner signerAt(Instant now) {
    SigningKey current = keys.get(0);
    for (SigningKey key : keys) {
      if (!key.signsFrom().isAfter(now)) {
        current = key;
      }
    }
    JwtSigner signer = signers.get(current);
    if (signer == null) {
      throw new IllegalStateException("no signer for " + current);
    }
    return signer;
  }

  /** The keys whose successors have signed since a time or longer. */
  List<SigningKey> expired(Instant successorBefore) {
    List<SigningKey> expired = new ArrayList<>();
    for (int i = 0; i + 1 < keys.size(); i++) {
      if (keys.get(i + 1).signsFrom().isBefore(successorBefore)) {
        expired.add(keys.get(i));
      }
    }
    return expired;
  }

  List<JWK> published() {
    return published;
  }
}
