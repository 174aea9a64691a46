package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.auth.X509CertificateConfirmation;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.ReplayGuard;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which keys the client of a token request holds: by a DPoP proof (RFC 9449 §5), or by
 * the certificate of its TLS connection (RFC 8705 §3).
 */
public final class KeyProofs {
  private static final Logger LOG = LoggerFactory.getLogger(KeyProofs.class);
  private static final String DPOP = "DPoP";

  private final DpopProofVerifier verifier;
  private final ReplayGuard replays;
  private final boolean certificateBoundTokens;

  /**
   * Creates it.
   *
   * @param certificateBoundTokens whether the metadata offers tokens that are bound to certificates
   */
  public KeyProofs(
      URI tokenEndpoint, ReplayGuard replays, boolean certificateBoundTokens, InstantSource clock) {
    this.verifier = new DpopProofVerifier(tokenEndpoint, clock);
    this.replays = replays;
    this.certificateBoundTokens = certificateBoundTokens;
  }

  sealed interface Outcome permits Presented, Refused {}

  record Presented(PresentedKeys keys) implements Outcome {}

  record Refused(ErrorObject error) implements Outcome {}

  Outcome read(HTTPRequest form, RegisteredClient client) {
    List<String> headers = Optional.ofNullable(form.getHeaderValues(DPOP)).orElseGet(List::of);
    Optional<DpopProof> proof = Optional.empty();
    if (headers.size() == 1) {
      proof = verifier.verify(headers.get(0), client.id());
    }
    // RFC 9449 §4.3: not more than one header; §5.2: some clients always send one
    if (proof.isEmpty() && (!headers.isEmpty() || client.dpopBoundAccessTokens())) {
      LOG.info("client {} sent {} DPoP proofs, none of them valid", client.id(), headers.size());
      return new Refused(TokenErrors.INVALID_DPOP_PROOF);
    }
    boolean needsCertificate = isBoundToCertificate(client);
    X509Certificate certificate = form.getClientX509Certificate();
    if (needsCertificate && certificate == null) {
      LOG.info("client {} sent no TLS certificate", client.id());
      return new Refused(TokenErrors.CERTIFICATE_REQUIRED);
    }
    return new Presented(
        new PresentedKeys(proof.orElse(null), needsCertificate ? thumbprint(certificate) : null));
  }

  /**
   * A client that supplies its metadata itself may state this for all its servers: where it is not
   * offered, it does not apply.
   */
  private boolean isBoundToCertificate(RegisteredClient client) {
    return client.certificateBoundAccessTokens()
        && (certificateBoundTokens || !client.selfRegistered());
  }

  private static @Nullable String thumbprint(@Nullable X509Certificate certificate) {
    return certificate == null
        ? null
        : X509CertificateConfirmation.of(certificate).getValue().toString();
  }

  /**
   * Records the use of the proof, immediately before tokens are stored, so that requests without a
   * valid grant fill no memory.
   *
   * @return false when the proof was used before
   */
  boolean use(PresentedKeys keys) {
    DpopProof proof = keys.proof();
    return proof == null || replays.markUsed(proof.use(), proof.until());
  }
}
