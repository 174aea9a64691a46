package dev.gatehouse.internal.endpoint;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contents of the protected resource metadata document (RFC 9728 §2).
 *
 * @param resource {@code resource}, exactly as configured, because clients compare it with the URI
 *     that they use
 * @param authorizationServers {@code authorization_servers}; omitted if empty
 * @param scopesSupported {@code scopes_supported}; omitted if empty
 * @param name {@code resource_name}; omitted if null
 * @param documentation {@code resource_documentation}; omitted if null
 * @param policyUri {@code resource_policy_uri}; omitted if null
 * @param tosUri {@code resource_tos_uri}; omitted if null
 * @param dpopAlgorithms {@code dpop_signing_alg_values_supported}; omitted if empty
 * @param dpopRequired {@code dpop_bound_access_tokens_required}; omitted if false, its default
 * @param certificates {@code tls_client_certificate_bound_access_tokens}; omitted if false, its
 *     default
 */
public record ResourceDescription(
    String resource,
    List<String> authorizationServers,
    Set<String> scopesSupported,
    @Nullable String name,
    @Nullable String documentation,
    @Nullable String policyUri,
    @Nullable String tosUri,
    List<String> dpopAlgorithms,
    boolean dpopRequired,
    boolean certificates) {}
