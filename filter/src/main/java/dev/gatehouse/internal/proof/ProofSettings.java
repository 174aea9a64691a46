package dev.gatehouse.internal.proof;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of proof of possession. */
public record ProofSettings(Dpop dpop, Certificates certificates, Duration clockSkew) {

  /**
   * The settings of DPoP (RFC 9449).
   *
   * @param resource the URI to which requests are sent
   * @param algorithms with which proofs may be signed
   * @param maxAge of a proof, apart from the clock skew
   * @param nonces whether proofs must contain a nonce of ours
   */
  public record Dpop(
      ProofMode mode,
      String resource,
      List<ProofAlgorithm> algorithms,
      Duration maxAge,
      boolean nonces) {

    /** The names of the algorithms; empty if DPoP is off. */
    public List<String> advertisedAlgorithms() {
      return mode.isOn() ? ProofAlgorithm.names(algorithms) : List.of();
    }
  }

  /**
   * The settings of certificate-bound tokens (RFC 8705).
   *
   * @param header in which trusted proxies send the client's certificate (RFC 9440); null if there
   *     are none
   * @param proxies their addresses
   */
  public record Certificates(ProofMode mode, @Nullable String header, AddressRanges proxies) {}
}
