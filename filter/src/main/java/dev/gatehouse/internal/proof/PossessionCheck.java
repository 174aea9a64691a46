package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Confirmation;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.TokenClaims;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks that whoever presents a bound token has the key, and that tokens are bound if they must
 * be: DPoP (RFC 9449 §7) and certificates (RFC 8705 §3). A token whose binding can't be checked is
 * refused. A Bearer token that is not bound costs nothing here. This class is thread-safe.
 */
public final class PossessionCheck {

  /** The header with the proof (RFC 9449 §4.1). */
  public static final String PROOF_HEADER = "DPoP";

  /** The header with a nonce (RFC 9449 §9). */
  public static final String NONCE_HEADER = "DPoP-Nonce";

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final ProofMode dpop;
  private final ProofMode mtls;
  private final ClientCertificates certificates;

  /** Null if DPoP is off. */
  private final @Nullable DpopVerifier proofs;

  /** Null if proofs need no nonce. */
  private final @Nullable Nonces nonces;

  /**
   * Creates the check.
   *
   * @param clock that is never set back
   */
  public PossessionCheck(ProofSettings settings, UsedProofs usedProofs, InstantSource clock) {
    this.dpop = settings.dpop().mode();
    this.mtls = settings.certificates().mode();
    this.certificates = new ClientCertificates(settings.certificates());
    this.nonces = dpop.isOn() && settings.dpop().nonces() ? new Nonces(clock) : null;
    this.proofs =
        dpop.isOn()
            ? new DpopVerifier(settings.dpop(), settings.clockSkew(), usedProofs, nonces)
            : null;
  }

  /** Whether the scheme DPoP is accepted. */
  public boolean acceptsDpop() {
    return dpop.isOn();
  }

  /** The nonce for the next proofs; null if they need none. */
  public @Nullable String nonce() {
    return nonces == null ? null : nonces.current();
  }

  /** Refuses requests that can't be admitted whatever their token is, to save verifying it. */
  public Optional<Refusal> checkRequest(BearerToken token, IncomingRequest request) {
    if (token.scheme() == Scheme.BEARER && dpop == ProofMode.REQUIRED) {
      return refuse(Reason.DPOP_REQUIRED, "the request uses Bearer, and dpop is required");
    }
    if (token.scheme() == Scheme.DPOP && request.onlyHeader(PROOF_HEADER) == null) {
      return refuse(
          Reason.DPOP_PROOF,
          request.hasHeader(PROOF_HEADER) ? "several DPoP headers" : "no DPoP header");
    }
    if (mtls == ProofMode.REQUIRED && certificates.thumbprint(request) == null) {
      return refuse(Reason.CERTIFICATE, "the client has not presented a certificate");
    }
    return Optional.empty();
  }

  /**
   * Checks the binding of an active token, and the proof of a bound one.
   *
   * @param now the current time, in milliseconds since 1970
   * @return the refusal; empty if there is nothing to prove, or it was proved
   */
  public Optional<Refusal> check(
      BearerToken token, TokenClaims claims, IncomingRequest request, long now) {
    Optional<Refusal> unfit = checkBinding(token, claims);
    if (unfit.isPresent() || !claims.isBound()) {
      return unfit;
    }
    Confirmation confirmation = Confirmation.of(claims);
    if (confirmation == null) {
      throw new IllegalStateException("such a token has been refused");
    }
    String certificate = confirmation.certificate();
    if (certificate != null && !certificate.equals(certificates.thumbprint(request))) {
      return refuse(
          Reason.CERTIFICATE,
          "the token is bound to a certificate that the client did not present");
    }
    String key = confirmation.key();
    return key == null ? Optional.empty() : checkProof(token, key, request, now);
  }

  private Optional<Refusal> checkProof(
      BearerToken token, String key, IncomingRequest request, long now) {
    String proof = request.onlyHeader(PROOF_HEADER);
    if (proofs == null || proof == null) {
      return refuse(Reason.DPOP_PROOF, "no DPoP header, or several");
    }
    try {
      proofs.verify(proof, token, key, request.method(), now);
      return Optional.empty();
    } catch (InvalidProofException e) {
      return e.reason() == Reason.DPOP_LIMIT
          ? Optional.of(Refusal.unavailable(e.reason(), e.detail(), RETRY_AFTER))
          : refuse(e.reason(), e.detail());
    }
  }

  /**
   * Checks whether the token is bound as it must be for its scheme and the settings, without a
   * proof: for an open stream, whose request has given one.
   */
  public Optional<Refusal> checkBinding(BearerToken token, TokenClaims claims) {
    boolean byDpop = token.scheme() == Scheme.DPOP;
    if (!claims.isBound()) {
      return byDpop || dpop == ProofMode.REQUIRED || mtls == ProofMode.REQUIRED
          ? refuse(Reason.UNBOUND_TOKEN, "the token is not bound to a key or certificate")
          : Optional.empty();
    }
    Confirmation confirmation = Confirmation.of(claims);
    if (confirmation == null) {
      return refuse(
          Reason.BOUND_TOKEN,
          "the token is bound in a way that can't be checked, or its cnf is bad");
    }
    boolean hasKey = confirmation.key() != null;
    if (hasKey && !(byDpop && dpop.isOn())) {
      return refuse(
          Reason.BOUND_TOKEN,
          "the token is bound to a key, and a Bearer request does not prove possession");
    }
    if (!hasKey && (byDpop || dpop == ProofMode.REQUIRED)) {
      return refuse(Reason.UNBOUND_TOKEN, "the token is not bound to a DPoP key");
    }
    if (!hasKey && claims.isOfDpopType()) {
      return refuse(Reason.BOUND_TOKEN, "the token's type is DPoP, but its cnf has no jkt");
    }
    boolean hasCertificate = confirmation.certificate() != null;
    if (hasCertificate && !mtls.isOn()) {
      return refuse(
          Reason.BOUND_TOKEN, "the token is bound to a certificate; see mtls-bound-tokens");
    }
    return !hasCertificate && mtls == ProofMode.REQUIRED
        ? refuse(Reason.UNBOUND_TOKEN, "the token is not bound to a certificate")
        : Optional.empty();
  }

  private static Optional<Refusal> refuse(Reason reason, String detail) {
    return Optional.of(Refusal.because(reason, detail));
  }
}
