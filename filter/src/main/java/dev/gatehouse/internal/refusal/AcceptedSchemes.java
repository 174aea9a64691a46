package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.token.Scheme;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The schemes that challenges offer.
 *
 * @param bearer whether Bearer is accepted
 * @param dpopAlgorithms the {@code algs} of DPoP challenges (RFC 9449 §7.1); empty if DPoP is not
 *     accepted
 * @param nonce returns the nonce for the next proofs (RFC 9449 §9), or null if they need none
 */
public record AcceptedSchemes(
    boolean bearer, List<String> dpopAlgorithms, Supplier<@Nullable String> nonce) {

  /** Bearer alone. */
  public static final AcceptedSchemes BEARER = new AcceptedSchemes(true, List.of(), () -> null);

  public AcceptedSchemes {
    dpopAlgorithms = List.copyOf(dpopAlgorithms);
  }

  /** In the order in which to name them: clients that know Bearer only look at the first. */
  List<Scheme> inOrder() {
    return dpopAlgorithms.isEmpty()
        ? List.of(Scheme.BEARER)
        : bearer ? List.of(Scheme.BEARER, Scheme.DPOP) : List.of(Scheme.DPOP);
  }
}
