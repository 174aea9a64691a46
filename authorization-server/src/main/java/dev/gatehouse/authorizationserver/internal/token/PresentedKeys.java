package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.store.Confirmation;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the client of a token request has proved to hold.
 *
 * @param proof the valid DPoP proof, if there is one
 * @param certificateThumbprint the SHA-256 of the TLS certificate, if tokens are bound to it
 */
record PresentedKeys(@Nullable DpopProof proof, @Nullable String certificateThumbprint) {

  /** What the access token is bound to. */
  @Nullable Confirmation confirmation() {
    return Confirmation.of(proof == null ? null : proof.keyThumbprint(), certificateThumbprint);
  }

  /**
   * What a new refresh token is bound to. That of a client which has to authenticate is bound to
   * the client already, so the client may change its keys (RFC 9449 §5, RFC 8705 §4).
   */
  @Nullable Confirmation refreshConfirmation(RegisteredClient client) {
    return client.authMethods().contains("none") ? confirmation() : null;
  }

  /** Whether the client has proved to hold the keys that its refresh token is bound to. */
  boolean satisfy(@Nullable Confirmation required) {
    return required == null
        || (hasKey(required.keyThumbprint())
            && (required.certificateThumbprint() == null
                || required.certificateThumbprint().equals(certificateThumbprint)));
  }

  /** Whether the client has proved to hold a DPoP key; true when none is required. */
  boolean hasKey(@Nullable String thumbprint) {
    return thumbprint == null || (proof != null && proof.keyThumbprint().equals(thumbprint));
  }
}
