package dev.gatehouse.authorizationserver;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import java.text.ParseException;
import java.util.List;
import java.util.Set;

/**
 * The keys that a client signs its assertions with (RFC 7517): asymmetric, and only the public
 * half.
 */
final class PublicKeys {
  private static final Set<KeyType> ASYMMETRIC = Set.of(KeyType.RSA, KeyType.EC);
  private static final int MOST_KEYS = 20;

  private PublicKeys() {}

  static boolean areLegal(String jwks) {
    try {
      return !parse(jwks).isEmpty();
    } catch (ParseException e) {
      return false;
    }
  }

  static List<JWK> parse(String jwks) throws ParseException {
    List<JWK> keys = JWKSet.parse(jwks).getKeys();
    if (keys.size() > MOST_KEYS) {
      throw new ParseException("more than " + MOST_KEYS + " keys", 0);
    }
    for (JWK key : keys) {
      if (!ASYMMETRIC.contains(key.getKeyType()) || key.isPrivate()) {
        throw new ParseException("a key that is not public, or neither RSA nor EC", 0);
      }
    }
    return keys;
  }
}
