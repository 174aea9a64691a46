package dev.gatehouse.authorizationserver.internal.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredCode;
import java.net.URI;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges a code for tokens, once (RFC 6749 §4.1.3, RFC 7636 §4.6). A second use means that the
 * code was stolen, so the tokens issued for it are revoked (RFC 6749 §4.1.2), unless this server
 * sent it twice.
 */
final class AuthorizationCodeFlow {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorizationCodeFlow.class);
  private static final TokenResult INVALID_GRANT =
      new TokenResult.Refused(TokenErrors.INVALID_GRANT);

  private final Stores stores;
  private final ResentCodes resent;
  private final TokenFactory tokenFactory;
  private final KeyProofs proofs;
  private final InstantSource clock;

  AuthorizationCodeFlow(
      Stores stores, TokenFactory tokenFactory, KeyProofs proofs, InstantSource clock) {
    this.stores = stores;
    this.resent = new ResentCodes(stores.tokens());
    this.tokenFactory = tokenFactory;
    this.proofs = proofs;
    this.clock = clock;
  }

  TokenResult handle(
      TokenRequest request,
      AuthorizationCodeGrant grant,
      RegisteredClient client,
      PresentedKeys keys) {
    OpaqueToken presented = new OpaqueToken(grant.getAuthorizationCode().getValue());
    Optional<StoredCode> found =
        stores.tokens().findCode(presented).filter(code -> code.clientId().equals(client.id()));
    if (found.isEmpty()) {
      return INVALID_GRANT;
    }
    StoredCode code = found.get();
    if (code.redeemed()) {
      return usedTwice(presented, code, grant);
    }
    if (!isRight(grant, code) || !stores.userExists(code.subject(), code.username())) {
      return INVALID_GRANT;
    }
    // RFC 9449 §10: the client's key was named in the authorization request
    if (!keys.hasKey(code.dpopKeyThumbprint())) {
      LOG.info("client {} sent no DPoP proof by the key of its code", client.id());
      return INVALID_GRANT;
    }
    RequestedResources.Outcome audience =
        new RequestedResources(code.audience()).narrow(request.getResources());
    if (!(audience instanceof RequestedResources.Chosen chosen)) {
      return new TokenResult.Refused(TokenErrors.INVALID_TARGET);
    }
    if (!proofs.use(keys)) {
      return new TokenResult.Refused(TokenErrors.INVALID_DPOP_PROOF);
    }
    TokenFactory.Owner owner = TokenFactory.Owner.of(code);
    List<IssuedToken> yield = new ArrayList<>();
    Confirmation bound = keys.confirmation();
    TokenFactory.NewToken access =
        tokenFactory.access(owner, code.scopes(), chosen.resources(), bound);
    yield.add(access.stored());
    OpaqueToken refresh = null;
    if (client.mayUse("refresh_token")) {
      refresh = OpaqueToken.random();
      Confirmation refreshBound = keys.refreshConfirmation(client);
      yield.add(
          tokenFactory
              .refresh(refresh, owner, code.scopes(), code.audience(), refreshBound)
              .stored());
    }
    return stores.tokens().redeemCode(presented.hash(), yield)
        ? new TokenResult.Issued(access.value(), refresh, code.scopes(), bound)
        : usedTwice(presented, code, grant);
  }

  private TokenResult usedTwice(
      OpaqueToken presented, StoredCode code, AuthorizationCodeGrant grant) {
    // The same client instance has got the code twice: a thief would not have the verifier.
    if (isRight(grant, code) && resent.contains(presented)) {
      LOG.info(
          "client {} used code {} twice, after it was sent twice",
          code.clientId(),
          presented.hash());
      return INVALID_GRANT;
    }
    stores.tokens().revokeGrant(code.grantId());
    LOG.warn(
        "client {} used code {} again, or after its user denied it: its tokens are revoked",
        code.clientId(),
        presented.hash());
    return INVALID_GRANT;
  }

  private boolean isRight(AuthorizationCodeGrant grant, StoredCode code) {
    return clock.instant().isBefore(code.expiresAt())
        && isSameRedirect(grant.getRedirectionURI(), code)
        && isVerified(grant.getCodeVerifier(), code);
  }

  /** Optional since OAuth 2.1, because PKCE replaces it; if sent, it must match. */
  private static boolean isSameRedirect(@Nullable URI sent, StoredCode code) {
    return sent == null || sent.toString().equals(code.redirectUri());
  }

  private static boolean isVerified(@Nullable CodeVerifier verifier, StoredCode code) {
    return verifier != null
        && MessageDigest.isEqual(
            CodeChallenge.compute(CodeChallengeMethod.S256, verifier).getValue().getBytes(US_ASCII),
            code.codeChallenge().getBytes(US_ASCII));
  }
}
