package dev.gatehouse.internal.token;

import org.jspecify.annotations.Nullable;

/**
 * The identity of an authorization server whose tokens are accepted.
 *
 * @param name for logs and metrics
 * @param issuer exactly as the server spells it; null if only its introspection endpoint is known
 * @param tokenPrefix the prefix that only tokens of this server have; null if there is none
 * @param audienceAlternative what is required if the server sends no {@code aud}
 * @param oneOfSeveral whether other servers are trusted, too, so that a name says little without
 *     its issuer; the issuer is not null then
 * @param limits what the server may grant
 */
public record TrustedServer(
    String name,
    @Nullable String issuer,
    @Nullable String tokenPrefix,
    AudienceAlternative audienceAlternative,
    boolean oneOfSeveral,
    TrustLimits limits) {}
