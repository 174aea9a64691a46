package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.store.TokenHash;
import java.time.Instant;

/**
 * A valid DPoP proof, which may have been used before.
 *
 * @param keyThumbprint the thumbprint of its key (RFC 7638)
 * @param use what is recorded when it is used
 * @param until when the proof is too old anyway
 */
record DpopProof(String keyThumbprint, TokenHash use, Instant until) {}
