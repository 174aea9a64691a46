package dev.gatehouse.authorizationserver.store;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses the public keys that verify a client's assertions (RFC 7517). */
public final class PublicKeys {
  private static final Set<KeyType> ASYMMETRIC = Set.of(KeyType.RSA, KeyType.EC);
  private static final int MAX_KEYS = 20;

  private PublicKeys() {}

  /**
   * Tells whether a text can be registered as a client's keys.
   *
   * @param jwks any text
   * @return false when it is not a JWK set of public RSA or EC keys, or an empty one
   */
  public static boolean areLegal(String jwks) {
    try {
      return !parse(jwks).isEmpty();
    } catch (ParseException e) {
      return false;
    }
  }

  /**
   * Parses a client's keys.
   *
   * @param jwks a JWK set in JSON
   * @return the keys
   * @throws ParseException when a key is private, or neither RSA nor EC, or there are too many
   */
  public static List<JWK> parse(String jwks) throws ParseException {
    Map<String, Object> set = JSONObjectUtils.parse(jwks);
    // Nimbus throws NullPointerException for both.
    if (set == null || (set.get("keys") instanceof List<?> list && list.contains(null))) {
      throw new ParseException("null instead of a key or a set of keys", 0);
    }
    List<JWK> keys = JWKSet.parse(set).getKeys();
    if (keys.size() > MAX_KEYS) {
      throw new ParseException("more than " + MAX_KEYS + " keys", 0);
    }
    for (JWK key : keys) {
      if (!ASYMMETRIC.contains(key.getKeyType()) || key.isPrivate()) {
        throw new ParseException("a key that is not public, or neither RSA nor EC", 0);
      }
    }
    return keys;
  }
}
