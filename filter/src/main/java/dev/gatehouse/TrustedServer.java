package dev.gatehouse;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server that may vouch for tokens, as the settings describe it.
 *
 * @param name for logs
 * @param issuer as that server spells it; absent if only the endpoint is known
 * @param introspectionEndpoints to be asked in this order; empty if it is to be discovered
 * @param tokenEndpoint absent if it is to be discovered; for {@code bearer} alone
 * @param credentials how we prove who we are there
 * @param tokenPrefix what all its tokens begin with, to tell them from other servers'
 * @param audienceAlternative what stands in where its answers have no audience
 */
record TrustedServer(
    String name,
    @Nullable String issuer,
    List<URI> introspectionEndpoints,
    @Nullable URI tokenEndpoint,
    ClientCredentials.Factory credentials,
    @Nullable String tokenPrefix,
    AudienceAlternative audienceAlternative) {}
