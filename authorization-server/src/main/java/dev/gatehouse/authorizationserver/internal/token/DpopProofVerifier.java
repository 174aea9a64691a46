package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPIssuer;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPTokenRequestVerifier;
import com.nimbusds.oauth2.sdk.dpop.verifiers.InvalidDPoPProofException;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.gatehouse.authorizationserver.internal.endpoint.MetadataDocument;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.store.PublicKeys;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the DPoP proof of a token request (RFC 9449 §4.3).
 *
 * <pre>
 * POST /oauth/token
 * DPoP: eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7…
 * </pre>
 *
 * <p>Not checked here: that it is used once, which needs the store (see {@link KeyProofs}).
 */
final class DpopProofVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(DpopProofVerifier.class);

  /** More than a proof with an RSA key of 4096 bits has. */
  private static final int MAX_LENGTH = 4_096;

  /** How long before a request its proof may be made. */
  private static final Duration AGE = Duration.ofMinutes(1);

  /** Nimbus's clock can't be set, so the time is checked here, and always right there. */
  private static final long ANY_TIME = Duration.ofDays(100 * 366).toSeconds();

  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  /** Members that could change which key verifies, or which rules apply (RFC 8725 §3.10). */
  private static final List<String> REFUSED_MEMBERS =
      List.of("crit", "b64", "jku", "x5u", "x5c", "zip");

  private final URI endpoint;
  private final InstantSource clock;

  DpopProofVerifier(URI endpoint, InstantSource clock) {
    this.endpoint = endpoint;
    this.clock = clock;
  }

  /** Returns the proof; empty when it is invalid. */
  Optional<DpopProof> verify(String proof, String clientId) {
    try {
      return Optional.of(
          UntrustedInput.parse("DPoP proof", () -> verified(proof, new DPoPIssuer(clientId))));
    } catch (ParseException e) {
      LOG.info("client {} sent an invalid DPoP proof: {}", clientId, e.getMessage());
      return Optional.empty();
    }
  }

  private DpopProof verified(String proof, DPoPIssuer issuer) throws ParseException {
    require(proof.length() <= MAX_LENGTH, "it is too long");
    require(COMPACT.matcher(proof).matches(), "it is not a JWS in compact form");
    try {
      SignedJWT jwt = SignedJWT.parse(proof);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      // Otherwise a proof would have several spellings, each of them used once.
      require(isCanonical(jwt, proof), "its Base64 is not canonical");
      require(
          Collections.disjoint(jwt.getHeader().getIncludedParams(), REFUSED_MEMBERS),
          "its header has a member that would change how it is verified");
      JWK key = jwt.getHeader().getJWK();
      require(key != null && PublicKeys.isLegal(key), "its key is missing, private or too weak");
      Date iat = claims.getIssueTime();
      Instant issuedAt = iat == null ? Instant.EPOCH : iat.toInstant();
      require(isRecent(issuedAt), "its iat is missing, too old or to come");
      String id = claims.getJWTID();
      require(id != null && !id.isEmpty(), "its jti is missing");
      String htu = claims.getStringClaim("htu");
      require(htu != null && isEndpoint(htu), "its htu is another address");
      String thumbprint =
          verifier(URI.create(htu)).verify(issuer, jwt, nonces(claims)).getValue().toString();
      return new DpopProof(
          thumbprint,
          TokenHash.of("DPoP proof\n" + thumbprint + "\n" + id),
          issuedAt.plus(AGE).plus(Lifetimes.CLOCK_SKEW));
    } catch (java.text.ParseException | InvalidDPoPProofException | JOSEException e) {
      throw new ParseException(e.getClass().getSimpleName());
    }
  }

  private static void require(boolean condition, String otherwise) throws ParseException {
    if (!condition) {
      throw new ParseException(otherwise);
    }
  }

  private static boolean isCanonical(SignedJWT jwt, String proof) {
    for (Base64URL part : jwt.getParsedParts()) {
      if (!Base64URL.encode(part.decode()).equals(part)) {
        return false;
      }
    }
    return jwt.serialize().equals(proof);
  }

  private boolean isRecent(Instant issuedAt) {
    Instant now = clock.instant();
    return issuedAt.isAfter(now.minus(AGE).minus(Lifetimes.CLOCK_SKEW))
        && !issuedAt.isAfter(now.plus(Lifetimes.CLOCK_SKEW));
  }

  /** RFC 9449 §4.3: compared after normalization (RFC 3986 §6.2.2, §6.2.3), never with Host. */
  private boolean isEndpoint(String htu) {
    URI uri;
    try {
      uri = new URI(htu);
    } catch (URISyntaxException e) {
      return false;
    }
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null
        && endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
        && endpoint.getHost().equalsIgnoreCase(uri.getHost())
        && port(endpoint) == port(uri)
        && endpoint.getRawPath().equals(uri.getRawPath());
  }

  private static int port(URI uri) {
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    return uri.getPort() == -1 ? (secure ? 443 : 80) : uri.getPort();
  }

  /** Verifies type, algorithm, signature, {@code htm} and {@code htu}. */
  private static DPoPTokenRequestVerifier verifier(URI htu) {
    return new DPoPTokenRequestVerifier(
        MetadataDocument.PROOF_SIGNATURES, htu, ANY_TIME, ANY_TIME, null);
  }

  /**
   * This server requires no nonce. A client may send one that it got from a resource server at the
   * same address (RFC 9449 §8.2), which Nimbus would refuse.
   */
  private static Set<Nonce> nonces(JWTClaimsSet claims) throws java.text.ParseException {
    String nonce = claims.getStringClaim("nonce");
    return nonce == null || nonce.isBlank() ? Set.of() : Set.of(new Nonce(nonce));
  }
}
