package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import java.time.InstantSource;
import java.util.List;

/** Signs JWTs, and publishes the keys that verify them. Implementations are thread-safe. */
public interface SigningKeys {

  /** The keys that the settings describe. */
  static SigningKeys of(SigningSettings settings, InstantSource clock) {
    return settings.fixedKey().isPresent()
        ? fixed(settings.fixedKey().get())
        : new RotatingKeys(settings, clock);
  }

  /** A key for ES256 that signs always. */
  static SigningKeys fixed(ECKey key) {
    return new FixedKey(key);
  }

  /**
   * Signs claims with the key of the moment.
   *
   * @param type the {@code typ} of the header, which tells kinds of JWTs apart (RFC 8725 §3.11)
   * @return the JWT in its compact form
   */
  String sign(String type, JWTClaimsSet claims);

  /**
   * Returns the public keys that verify what is signed now, will be signed soon, or has been signed
   * and is still valid.
   */
  List<JWK> published();

  /**
   * Starts the change to a new key, unless one has been started. The new key is published at once
   * and signs later, when resource servers have got it.
   *
   * @throws IllegalStateException when the key is fixed by the settings
   */
  void rotate();

  /** Rotates if it is time to, and deletes keys that nothing valid is signed with. */
  void maintain();
}
