package dev.gatehouse.internal.endpoint;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata document says about this resource (RFC 9728 §2).
 *
 * @param resource {@code resource}, exactly as configured: clients compare it with what they use
 * @param authorizationServers {@code authorization_servers}; left out if empty
 * @param scopesSupported {@code scopes_supported}; left out if empty
 * @param name {@code resource_name}; left out if null
 * @param documentation {@code resource_documentation}; left out if null
 * @param policyUri {@code resource_policy_uri}; left out if null
 * @param tosUri {@code resource_tos_uri}; left out if null
 */
public record ResourceDescription(
    String resource,
    List<String> authorizationServers,
    Set<String> scopesSupported,
    @Nullable String name,
    @Nullable String documentation,
    @Nullable String policyUri,
    @Nullable String tosUri) {}
