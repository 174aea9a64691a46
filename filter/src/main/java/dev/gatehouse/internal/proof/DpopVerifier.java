package dev.gatehouse.internal.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.proof.ProofSettings.Dpop;
import dev.gatehouse.internal.syntax.Base64Url;
import dev.gatehouse.internal.syntax.CompactJws;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks DPoP proofs (RFC 9449 §4.3), the cheap checks first:
 *
 * <pre>
 * {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"…","y":"…"}}
 * {"jti":"e1j3V_bKic8","htm":"POST","htu":"https://mcp.example/mcp","iat":1795220542,
 *  "ath":"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}
 * </pre>
 *
 * <p>Not Nimbus's {@code DPoPProtectedResourceRequestVerifier}, which takes the time from the
 * system only, compares {@code htu} as text, uses up the {@code jti} before it knows the key, and
 * cannot tell its failures apart; our tests compare the results with its. This class is
 * thread-safe.
 */
final class DpopVerifier {

  /** Enough for the longest RSA key and signature. */
  private static final int MAX_LENGTH = 8 * 1024;

  /**
   * Header parameters that change what is signed, or name another key. A proof has its key in
   * {@code jwk}.
   */
  private static final List<String> REFUSED_PARAMETERS =
      List.of("crit", "b64", "jku", "x5u", "x5c");

  /** The end of the year 9999; a later time is an error, such as milliseconds. */
  private static final double LATEST_SECOND = 253_402_300_799.0;

  private final List<ProofAlgorithm> algorithms;
  private final RequestUri uri;
  private final long maxAge;
  private final long skew;
  private final UsedProofs usedProofs;
  private final @Nullable Nonces nonces;

  /**
   * Creates a verifier.
   *
   * @param nonces null if proofs need no nonce
   */
  DpopVerifier(Dpop settings, Duration clockSkew, UsedProofs usedProofs, @Nullable Nonces nonces) {
    this.algorithms = settings.algorithms();
    this.uri = new RequestUri(settings.resource());
    this.maxAge = settings.maxAge().toMillis();
    this.skew = clockSkew.toMillis();
    this.usedProofs = usedProofs;
    this.nonces = nonces;
  }

  /**
   * Checks the proof of a request.
   *
   * @param text the value of the only {@code DPoP} header
   * @param key the thumbprint of the key to which the token is bound
   * @param now the current time, in milliseconds since 1970
   */
  void verify(String text, BearerToken token, String key, String method, long now)
      throws InvalidProofException {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidProofException("the proof has " + text.length() + " characters");
    }
    CompactJws proof;
    ProofKey signer;
    JsonNode claims;
    try {
      // A character outside ASCII becomes ?, which is illegal.
      proof = CompactJws.parse(text.getBytes(StandardCharsets.US_ASCII));
      signer = ProofKey.read(proof.header().get("jwk"), algorithm(proof.header()));
      claims = proof.parsePayload();
    } catch (CompactJws.MalformedException e) {
      throw new InvalidProofException("the proof is malformed: " + e.problem());
    }
    String id = text(claims, "jti");
    checkRequest(claims, method);
    long issued = checkTime(claims, now);
    if (!accessTokenHash(token).equals(text(claims, "ath"))) {
      throw new InvalidProofException("the proof's ath is that of another token");
    }
    if (!signer.thumbprint().equals(key)) {
      throw new InvalidProofException(
          Reason.DPOP_KEY, "the token is bound to another key than the proof's");
    }
    if (nonces != null && !nonces.accepts(optionalText(claims, "nonce"))) {
      throw new InvalidProofException(
          Reason.DPOP_NONCE,
          claims.has("nonce") ? "the proof's nonce is old or not ours" : "the proof has no nonce");
    }
    if (!signer.verifies(proof)) {
      throw new InvalidProofException("the proof's signature is invalid");
    }
    // Last: only the key's holder can use up a jti. Until then, the proof's iat is acceptable.
    switch (usedProofs.use(key, id, issued + maxAge + skew - now)) {
      case FIRST -> {}
      case AGAIN ->
          throw new InvalidProofException(Reason.DPOP_REPLAY, "the proof has been used before");
      case TOO_MANY ->
          throw new InvalidProofException(
              Reason.DPOP_LIMIT, "too many proofs of this key have been used recently");
    }
  }

  private ProofAlgorithm algorithm(JsonNode header) throws InvalidProofException {
    if (!text(header, "typ").equals("dpop+jwt")) {
      throw new InvalidProofException(
          "the proof's typ is " + LogText.word(text(header, "typ")) + ", not dpop+jwt");
    }
    for (String parameter : REFUSED_PARAMETERS) {
      if (header.has(parameter)) {
        throw new InvalidProofException("the proof's header has " + parameter);
      }
    }
    String name = text(header, "alg");
    for (ProofAlgorithm algorithm : algorithms) {
      if (algorithm.text().equals(name)) {
        return algorithm;
      }
    }
    throw new InvalidProofException(
        "the proof's alg is " + LogText.word(name) + ", which is not among dpop-algorithms");
  }

  private void checkRequest(JsonNode claims, String method) throws InvalidProofException {
    String htm = text(claims, "htm");
    if (!htm.equals(method)) {
      throw new InvalidProofException(
          "the proof's htm is " + LogText.word(htm) + ", the method " + LogText.word(method));
    }
    String htu = text(claims, "htu");
    if (!uri.matches(htu)) {
      throw new InvalidProofException("the proof's htu is " + LogText.line(htu) + ", not resource");
    }
  }

  /** Returns the {@code iat}, in milliseconds. */
  private long checkTime(JsonNode claims, long now) throws InvalidProofException {
    long issued = millis(claims, "iat");
    if (issued > now + skew || issued < now - maxAge - skew) {
      throw new InvalidProofException(
          "the proof's iat is %s; the current time is %s; see dpop-proof-age"
              .formatted(Instant.ofEpochMilli(issued), Instant.ofEpochMilli(now)));
    }
    // RFC 7519 §4.1.4, §4.1.5: not in RFC 9449, but whoever sends them means them.
    if (claims.has("exp") && millis(claims, "exp") <= now) {
      throw new InvalidProofException("the proof's exp has passed");
    }
    if (claims.has("nbf") && millis(claims, "nbf") > now + skew) {
      throw new InvalidProofException("the proof's nbf is in the future");
    }
    return issued;
  }

  /** RFC 7519 §2: a number of seconds. */
  private static long millis(JsonNode claims, String name) throws InvalidProofException {
    JsonNode value = claims.get(name);
    double seconds = value != null && value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(seconds >= 0 && seconds <= LATEST_SECOND)) {
      throw new InvalidProofException("the proof's " + name + " is not a number of seconds");
    }
    return (long) (seconds * 1000);
  }

  /** RFC 9449 §4.2: the SHA-256 of the token's ASCII characters, in Base64url. */
  private static String accessTokenHash(BearerToken token) {
    TokenDigest digest = TokenDigest.borrow();
    try {
      return Base64Url.encode(token.hashWith(digest));
    } finally {
      digest.giveBack();
    }
  }

  private static String text(JsonNode object, String name) throws InvalidProofException {
    String text = optionalText(object, name);
    if (text == null || text.isEmpty()) {
      throw new InvalidProofException("the proof has no " + name + ", or not a string");
    }
    return text;
  }

  private static @Nullable String optionalText(JsonNode object, String name) {
    JsonNode value = object.get(name);
    return value == null ? null : value.textValue();
  }
}
