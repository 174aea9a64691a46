package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.JWTAuthenticationClaimsSet;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.JWTID;
import dev.gatehouse.authorizationserver.store.PublicKeys;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.ReplayGuard;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks {@code private_key_jwt} (RFC 7523 §3): signed with a key of the client, meant for this
 * server, not expired, and never seen before.
 */
public final class AssertionVerifier {
  /** A used assertion is remembered until it expires, so long-lived ones are refused. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /**
   * The clock skew that is allowed; a used assertion is remembered for this long after it expires.
   */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final String NO_KEYS = "{\"keys\":[]}";

  private final KeysByAddress keysByAddress;
  private final ReplayGuard replays;
  private final InstantSource clock;
  private final Set<Audience> audiences;

  public AssertionVerifier(
      String issuer,
      List<URI> endpoints,
      KeysByAddress keysByAddress,
      ReplayGuard replays,
      InstantSource clock) {
    this.keysByAddress = keysByAddress;
    this.replays = replays;
    this.clock = clock;
    Set<Audience> names = new HashSet<>(Set.of(new Audience(issuer)));
    endpoints.forEach(endpoint -> names.add(new Audience(endpoint)));
    this.audiences = Set.copyOf(names);
  }

  boolean verify(PrivateKeyJWT presented, RegisteredClient client) {
    JWTAuthenticationClaimsSet claims = presented.getJWTAuthenticationClaimsSet();
    Instant expires = claims.getExpirationTime().toInstant();
    // RFC 7523 §3: jti is optional there and required here, to detect a replay
    JWTID id = claims.getJWTID();
    return id != null
        // RFC 7523 §3: both name the client; Nimbus itself looks at sub alone
        && claims.getIssuer().getValue().equals(client.id())
        && claims.getSubject().getValue().equals(client.id())
        && !Collections.disjoint(claims.getAudience(), audiences)
        && isCurrent(claims, expires)
        && isSignedBy(client, presented.getClientAssertion())
        && replays.markUsed(TokenHash.of(client.id() + "\n" + id.getValue()), expires.plus(SKEW));
  }

  private boolean isCurrent(JWTAuthenticationClaimsSet claims, Instant expires) {
    Instant now = clock.instant();
    Date notBefore = claims.getNotBeforeTime();
    return now.isBefore(expires.plus(SKEW))
        && !expires.isAfter(now.plus(LONGEST))
        && (notBefore == null || !notBefore.toInstant().isAfter(now.plus(SKEW)));
  }

  private boolean isSignedBy(RegisteredClient client, SignedJWT assertion) {
    JWKMatcher fits = JWKMatcher.forJWSHeader(assertion.getHeader());
    if (fits == null) {
      return false;
    }
    if (client.jwksUri().isPresent()) {
      return keysByAddress.verify(
          URI.create(client.jwksUri().get()), keys -> isSignedBy(keys, fits, assertion));
    }
    try {
      return isSignedBy(PublicKeys.parse(client.jwks().orElse(NO_KEYS)), fits, assertion);
    } catch (ParseException e) {
      return false;
    }
  }

  private static boolean isSignedBy(List<JWK> keys, JWKMatcher fits, SignedJWT assertion) {
    if (keys.size() > 1 && assertion.getHeader().getKeyID() == null) {
      // OpenID Connect Core §10.1: with several keys the header names one, so one is tried.
      return false;
    }
    try {
      for (JWK key : keys) {
        if (fits.matches(key) && key instanceof AsymmetricJWK asymmetric) {
          JWSVerifier verifier =
              new DefaultJWSVerifierFactory()
                  .createJWSVerifier(assertion.getHeader(), asymmetric.toPublicKey());
          if (assertion.verify(verifier)) {
            return true;
          }
        }
      }
      return false;
    } catch (JOSEException e) {
      return false;
    }
  }
}
