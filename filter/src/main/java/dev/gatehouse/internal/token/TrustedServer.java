package dev.gatehouse.internal.token;

import org.jspecify.annotations.Nullable;

/**
 * An authorization server whose tokens are accepted: who it is, and not how it is reached.
 *
 * @param name for logs and metrics
 * @param issuer exactly as the server spells it; null if only its introspection endpoint is known
 * @param tokenPrefix the prefix of all tokens of this server, which tells them from those of other
 *     servers; null if there is none
 * @param audienceAlternative what is required instead of {@code aud} if the server sends none
 */
public record TrustedServer(
    String name,
    @Nullable String issuer,
    @Nullable String tokenPrefix,
    AudienceAlternative audienceAlternative) {}
