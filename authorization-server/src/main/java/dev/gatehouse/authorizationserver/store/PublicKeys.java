package dev.gatehouse.authorizationserver.store;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses the public keys that verify a client's assertions (RFC 7517). Clients choose their keys,
 * and this server pays for using them on each request, so number and size are limited: at most four
 * keys, RSA keys of 2048 to 4096 bits (RFC 7518 §3.3) with a public exponent of at most 32 bits.
 *
 * <p>A set that is fetched from a client's {@code jwks_uri} also serves other purposes and servers.
 * Its keys that cannot be used here are ignored (RFC 7517 §5), and it may have more keys.
 */
public final class PublicKeys {
  private static final int MAX_KEYS = 4;
  private static final int MAX_FETCHED_KEYS = 16;
  private static final int MAX_URL = 1_000;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 4096;
  private static final int MAX_EXPONENT_BITS = 32;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(3);

  private PublicKeys() {}

  /**
   * Tells whether a text can be registered as a client's keys.
   *
   * @param jwks any text
   * @return false when it is not a JWK set of public RSA or EC keys within the limits, or an empty
   *     one
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
   * @return the keys; several have different key ids
   * @throws ParseException when a key is private, neither RSA nor EC, or exceeds a limit, when
   *     there are too many, or when one of several has no {@code kid} of its own
   */
  public static List<JWK> parse(String jwks) throws ParseException {
    List<JWK> keys = read(jwks);
    if (keys.size() > MAX_KEYS) {
      throw new ParseException("more than " + MAX_KEYS + " keys", 0);
    }
    if (keys.size() > 1 && !haveIdsOfTheirOwn(keys)) {
      throw new ParseException("one of several keys has no kid of its own", 0);
    }
    for (JWK key : keys) {
      check(key);
    }
    return keys;
  }

  /**
   * Parses a set of keys that was fetched from a client's {@code jwks_uri}.
   *
   * @param jwks a JWK set in JSON
   * @return the keys that can verify an assertion, of which several have different key ids; empty
   *     when there is none
   * @throws ParseException when a key is private or symmetric, when there are too many, or when one
   *     of several has no {@code kid} of its own
   */
  public static List<JWK> parseFetched(String jwks) throws ParseException {
    List<JWK> keys = new ArrayList<>();
    for (JWK key : read(jwks)) {
      if (key.isPrivate()) {
        // Everyone can read it, and sign with it.
        throw new ParseException("a key that is not public", 0);
      }
      if (isUsable(key)) {
        keys.add(key);
      }
    }
    if (keys.size() > MAX_FETCHED_KEYS) {
      throw new ParseException("more than " + MAX_FETCHED_KEYS + " keys", 0);
    }
    if (keys.size() > 1 && !haveIdsOfTheirOwn(keys)) {
      throw new ParseException("one of several keys has no kid of its own", 0);
    }
    return keys;
  }

  /**
   * Tells whether a key can verify what a client has signed.
   *
   * @param key any key
   * @return false when it is private, neither RSA nor EC, or exceeds a limit
   */
  public static boolean isLegal(JWK key) {
    try {
      check(key);
      return true;
    } catch (ParseException e) {
      return false;
    }
  }

  private static boolean isUsable(JWK key) {
    if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
      return false;
    }
    return isLegal(key);
  }

  /**
   * Tells whether a client's keys can be at an address.
   *
   * @param jwksUri any text
   * @return true for an https URL with a host, without user information and fragment, of at most
   *     1,000 characters
   */
  public static boolean mayBeAt(String jwksUri) {
    return jwksUri.length() <= MAX_URL
        && UriSyntax.parse(jwksUri)
            .filter(uri -> "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null)
            .isPresent();
  }

  /** The only call of the library's parser; see the catch clause. */
  private static List<JWK> read(String jwks) throws ParseException {
    try {
      Map<String, Object> set = JSONObjectUtils.parse(jwks);
      if (set == null) {
        throw new ParseException("null instead of a set of keys", 0);
      }
      return JWKSet.parse(set).getKeys();
    } catch (RuntimeException e) {
      // Nimbus throws NullPointerException for a null key and for "oth":[{}], for example.
      throw new ParseException("not a set of keys: " + e.getClass().getSimpleName(), 0);
    }
  }

  /** RFC 7517 §4.5: the assertion then selects its key, so one signature is verified. */
  private static boolean haveIdsOfTheirOwn(List<JWK> keys) {
    Set<String> ids = new HashSet<>();
    return keys.stream()
        .map(JWK::getKeyID)
        .allMatch(id -> id != null && !id.isBlank() && ids.add(id));
  }

  private static void check(JWK key) throws ParseException {
    if (key.isPrivate() || !(key instanceof RSAKey || key instanceof ECKey)) {
      throw new ParseException("a key that is not public, or neither RSA nor EC", 0);
    }
    if (key instanceof RSAKey rsa) {
      checkSize(rsa);
    }
  }

  private static void checkSize(RSAKey key) throws ParseException {
    int bits = key.getModulus().decodeToBigInteger().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new ParseException(
          "an RSA key with fewer than " + MIN_RSA_BITS + " or more than " + MAX_RSA_BITS + " bits",
          0);
    }
    BigInteger exponent = key.getPublicExponent().decodeToBigInteger();
    // RFC 8017 §3.1: odd and at least 3; with 1, everyone can sign
    if (exponent.bitLength() > MAX_EXPONENT_BITS
        || exponent.compareTo(MIN_EXPONENT) < 0
        || !exponent.testBit(0)) {
      throw new ParseException(
          "an RSA key whose exponent is even, below 3 or longer than "
              + MAX_EXPONENT_BITS
              + " bits",
          0);
    }
  }
}
