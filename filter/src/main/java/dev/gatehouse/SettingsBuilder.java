package dev.gatehouse;

import dev.gatehouse.internal.settings.NameValueList;
import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.internal.settings.SettingErrors;
import dev.gatehouse.internal.settings.SettingName;
import dev.gatehouse.internal.settings.SettingValues;
import dev.gatehouse.internal.settings.SettingsReader;
import jakarta.servlet.FilterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects settings from Java code, filter init-params and the environment. If a setting is set
 * several times, the last call wins, but a blank value never replaces another one. {@link #build()}
 * validates all settings at once and reports all errors in one message. This class is not
 * thread-safe.
 */
public final class SettingsBuilder {

  private static final Logger log = LoggerFactory.getLogger(SettingsBuilder.class);

  private final SettingValues values = new SettingValues();
  private final List<NamedVerifier> verifiers = new ArrayList<>();

  SettingsBuilder() {}

  /**
   * Sets the public URI of this MCP server, from which audience, metadata and challenge are
   * derived. Required.
   *
   * @param uri {@code https://host/path}, as users type it; plain http only on loopback
   * @return this
   */
  public SettingsBuilder resource(String uri) {
    return set(Setting.RESOURCE, uri);
  }

  /**
   * Sets the authorization server's issuer identifier, from which its endpoints are discovered (RFC
   * 8414). Required, unless {@link #introspectionEndpoint} is set.
   *
   * @param issuer spelled exactly as that server spells it, including a final slash
   * @return this
   */
  public SettingsBuilder issuer(String issuer) {
    return set(Setting.ISSUER, issuer);
  }

  /**
   * Sets the introspection endpoint (RFC 7662 §2). Default: discovered from the issuer.
   *
   * @param uris https, or plain http on loopback; several endpoints of the same issuer, separated
   *     by spaces, are tried in this order until one returns a conclusive response
   * @return this
   */
  public SettingsBuilder introspectionEndpoint(String uris) {
    return set(Setting.INTROSPECTION_ENDPOINT, uris);
  }

  /**
   * Sets the {@code authorization_servers} of the protected resource metadata (RFC 9728 §2).
   * Default: the issuer.
   *
   * @param issuers issuer identifiers, separated by spaces
   * @return this
   */
  public SettingsBuilder authorizationServers(String issuers) {
    return set(Setting.AUTHORIZATION_SERVERS, issuers);
  }

  /**
   * Sets the client id of this resource server at the authorization server.
   *
   * @param clientId the id registered there
   * @return this
   */
  public SettingsBuilder clientId(String clientId) {
    return set(Setting.CLIENT_ID, clientId);
  }

  /**
   * Sets the client secret of this resource server at the authorization server.
   *
   * @param secret the secret registered there
   * @return this
   */
  public SettingsBuilder clientSecret(String secret) {
    return set(Setting.CLIENT_SECRET, secret);
  }

  /**
   * Sets a file that contains the client secret, instead of {@link #clientSecret}. The filter reads
   * it again when it changes.
   *
   * @param path a file with one line, the secret
   * @return this
   */
  public SettingsBuilder clientSecretFile(String path) {
    return set(Setting.CLIENT_SECRET_FILE, path);
  }

  /**
   * Sets a file that contains the private key for {@code private_key_jwt}. The filter reads it
   * again when it changes.
   *
   * @param path a private JWK (RFC 7517), or PKCS #8 in PEM; RSA or EC
   * @return this
   */
  public SettingsBuilder privateKeyFile(String path) {
    return set(Setting.PRIVATE_KEY_FILE, path);
  }

  /**
   * Sets how this resource server authenticates at the authorization server. Default: {@code
   * client_secret_basic}.
   *
   * @param method {@code client_secret_basic}, {@code client_secret_post}, {@code
   *     client_secret_jwt}, {@code private_key_jwt}, {@code tls_client_auth}, {@code bearer} or
   *     {@code none}
   * @return this
   */
  public SettingsBuilder clientAuthMethod(String method) {
    return set(Setting.CLIENT_AUTH_METHOD, method);
  }

  /**
   * Sets headers to add to each introspection request, such as the key of an API gateway. Default:
   * none.
   *
   * @param headers value by name (RFC 9110 §5.1); none that the filter sets itself
   * @return this
   */
  public SettingsBuilder introspectionHeaders(Map<String, String> headers) {
    return set(Setting.INTROSPECTION_HEADERS, NameValueList.format(headers));
  }

  /**
   * Sets a file that contains headers, instead of {@link #introspectionHeaders}. The filter reads
   * it again when it changes.
   *
   * @param path a file with a line {@code name=value} for each header; a backslash precedes a comma
   *     or backslash in a value
   * @return this
   */
  public SettingsBuilder introspectionHeadersFile(String path) {
    return set(Setting.INTROSPECTION_HEADERS_FILE, path);
  }

  /**
   * Sets parameters to add to each introspection request (RFC 7662 §2.1). Default: none.
   *
   * @param parameters value by name; none that the filter sets itself
   * @return this
   */
  public SettingsBuilder introspectionParameters(Map<String, String> parameters) {
    return set(Setting.INTROSPECTION_PARAMETERS, NameValueList.format(parameters));
  }

  /**
   * Sets a file that contains parameters, instead of {@link #introspectionParameters}. The filter
   * reads it again when it changes.
   *
   * @param path a file as for {@link #introspectionHeadersFile}
   * @return this
   */
  public SettingsBuilder introspectionParametersFile(String path) {
    return set(Setting.INTROSPECTION_PARAMETERS_FILE, path);
  }

  /**
   * Sets the accepted values of {@code aud}. Default: the resource.
   *
   * @param audience one or more, separated by spaces; compared exactly, except for the case of
   *     scheme and host, the default port, and one trailing slash
   * @return this
   */
  public SettingsBuilder audience(String audience) {
    return set(Setting.AUDIENCE, audience);
  }

  /**
   * Sets what is checked instead of the audience if the introspection response has no {@code aud}.
   * Default: none, so such tokens are refused.
   *
   * @param alternative {@code client-id:NAME,NAME}, {@code scope:NAME}, or {@code none-unsafe} to
   *     check nothing
   * @return this
   */
  public SettingsBuilder audienceAlternative(String alternative) {
    return set(Setting.AUDIENCE_ALTERNATIVE, alternative);
  }

  /**
   * Sets the scopes that every request needs. Default: none.
   *
   * @param scopes {@code a b} for both, {@code a b | c} for either {@code a b} or {@code c}
   * @return this
   */
  public SettingsBuilder requiredScopes(String scopes) {
    return set(Setting.REQUIRED_SCOPES, scopes);
  }

  /**
   * Sets which scopes include others. Default: none.
   *
   * @param implications {@code notes:write > notes:read, admin > notes:write}
   * @return this
   */
  public SettingsBuilder scopeImplies(String implications) {
    return set(Setting.SCOPE_IMPLIES, implications);
  }

  /**
   * Sets the scopes that the challenge of a 401 requests. Default: the required scopes.
   *
   * @param scopes scopes, separated by spaces
   * @return this
   */
  public SettingsBuilder challengeScopes(String scopes) {
    return set(Setting.CHALLENGE_SCOPES, scopes);
  }

  /**
   * Sets the {@code scopes_supported} of the metadata (RFC 9728 §2). Default: none.
   *
   * @param scopes scopes, separated by spaces
   * @return this
   */
  public SettingsBuilder scopesSupported(String scopes) {
    return set(Setting.SCOPES_SUPPORTED, scopes);
  }

  /**
   * Sets the {@code resource_name} of the metadata (RFC 9728 §2). Default: none.
   *
   * @param name a name for display
   * @return this
   */
  public SettingsBuilder resourceName(String name) {
    return set(Setting.RESOURCE_NAME, name);
  }

  /**
   * Sets the {@code resource_documentation} of the metadata (RFC 9728 §2). Default: none.
   *
   * @param uri a web page for developers
   * @return this
   */
  public SettingsBuilder resourceDocumentation(String uri) {
    return set(Setting.RESOURCE_DOCUMENTATION, uri);
  }

  /**
   * Sets the {@code resource_policy_uri} of the metadata (RFC 9728 §2). Default: none.
   *
   * @param uri a web page on how clients may use the data
   * @return this
   */
  public SettingsBuilder resourcePolicyUri(String uri) {
    return set(Setting.RESOURCE_POLICY_URI, uri);
  }

  /**
   * Sets the {@code resource_tos_uri} of the metadata (RFC 9728 §2). Default: none.
   *
   * @param uri a web page with the terms of service
   * @return this
   */
  public SettingsBuilder resourceTosUri(String uri) {
    return set(Setting.RESOURCE_TOS_URI, uri);
  }

  /**
   * Sets whether the filter also serves the authorization server's metadata, at {@code
   * /.well-known/oauth-authorization-server}, for clients of MCP revision 2025-03-26. Default:
   * false.
   *
   * @param forward true to serve it
   * @return this
   */
  public SettingsBuilder forwardAuthorizationServerMetadata(boolean forward) {
    return set(Setting.FORWARD_AUTHORIZATION_SERVER_METADATA, Boolean.toString(forward));
  }

  /**
   * Sets the origins of web pages that may call this server. Requests from others get 403. Default:
   * the resource's own origin.
   *
   * @param origins {@code https://host:port}, {@code http://localhost:*} or with another scheme
   *     such as {@code chrome-extension://id}, separated by spaces
   * @return this
   */
  public SettingsBuilder allowedOrigins(String origins) {
    return set(Setting.ALLOWED_ORIGINS, origins);
  }

  /**
   * Sets what calls of MCP need beyond {@link #requiredScopes}, by tool, prompt, resource and
   * method. Default: none, so that the bodies of requests are not read.
   *
   * @param rules on lines of their own or separated by semicolons: {@code tool delete_note:
   *     notes:write, max-age=5m}
   * @return this
   */
  public SettingsBuilder mcpRules(String rules) {
    return set(Setting.MCP_RULES, rules);
  }

  /**
   * Sets what calls of MCP need, as {@link #mcpRules(String)} does. Replaces rules that were set
   * before.
   *
   * @param first a rule
   * @param more other rules, in any order
   * @return this
   */
  public SettingsBuilder mcpRules(McpRule first, McpRule... more) {
    return mcpRules(
        Stream.concat(Stream.of(first), Arrays.stream(more))
            .map(McpRule::toString)
            .collect(Collectors.joining("\n")));
  }

  /**
   * Sets a file that contains the rules, instead of {@link #mcpRules(String)}. The filter reads it
   * again when it changes.
   *
   * @param path a file with one rule a line
   * @return this
   */
  public SettingsBuilder mcpRulesFile(String path) {
    return set(Setting.MCP_RULES_FILE, path);
  }

  /**
   * Sets what happens to calls that no rule names. Default: {@code allow}.
   *
   * @param allowOrDeny {@code allow} or {@code deny}
   * @return this
   */
  public SettingsBuilder mcpDefault(String allowOrDeny) {
    return set(Setting.MCP_DEFAULT, allowOrDeny);
  }

  /**
   * Sets the response to the call of a tool that lacks scopes or a recent login. Default: {@code
   * challenge}, the HTTP status with a challenge.
   *
   * @param response {@code challenge}, or {@code tool-result} for a tool's result that contains the
   *     challenge
   * @return this
   */
  public SettingsBuilder mcpOnMissing(String response) {
    return set(Setting.MCP_ON_MISSING, response);
  }

  /**
   * Sets whether lists of tools, prompts and resources omit what the caller may not use. Default:
   * true.
   *
   * @param hide false to show everything
   * @return this
   */
  public SettingsBuilder mcpHide(boolean hide) {
    return set(Setting.MCP_HIDE, Boolean.toString(hide));
  }

  /**
   * Sets how large the body of a request may be if there are rules. A larger one gets 413. Default:
   * 16 MiB.
   *
   * @param bytes 1 KiB to 1 GiB
   * @return this
   */
  public SettingsBuilder mcpMaxBody(int bytes) {
    return set(Setting.MCP_MAX_BODY, Integer.toString(bytes));
  }

  /**
   * Sets the revisions of MCP that the server supports. Requests with another {@code
   * MCP-Protocol-Version} get 400. Default: all that the filter knows.
   *
   * @param versions dates such as {@code 2025-11-25}, separated by spaces
   * @return this
   */
  public SettingsBuilder mcpProtocolVersions(String versions) {
    return set(Setting.MCP_PROTOCOL_VERSIONS, versions);
  }

  /**
   * Sets whether tokens that are bound to a DPoP key (RFC 9449) are accepted, with their proof.
   * Default: {@code off}, which refuses them.
   *
   * @param mode {@code off}, {@code accepted}, or {@code required} to refuse all other tokens
   * @return this
   */
  public SettingsBuilder dpop(String mode) {
    return set(Setting.DPOP, mode);
  }

  /**
   * Sets the algorithms with which DPoP proofs may be signed. Default: {@code ES256 EdDSA PS256
   * RS256}.
   *
   * @param algorithms names of JWS algorithms, separated by spaces; only asymmetric ones
   * @return this
   */
  public SettingsBuilder dpopAlgorithms(String algorithms) {
    return set(Setting.DPOP_ALGORITHMS, algorithms);
  }

  /**
   * Sets how old a DPoP proof may be; {@link #clockSkew} is added on both sides. Default: 60
   * seconds.
   *
   * @param age from one second to five minutes
   * @return this
   */
  public SettingsBuilder dpopProofAge(Duration age) {
    return set(Setting.DPOP_PROOF_AGE, age.toString());
  }

  /**
   * Sets whether DPoP proofs must contain a nonce of this server (RFC 9449 §9), so that they can't
   * be made in advance. Default: {@code off}.
   *
   * @param onOrOff {@code on} or {@code off}
   * @return this
   */
  public SettingsBuilder dpopNonce(String onOrOff) {
    return set(Setting.DPOP_NONCE, onOrOff);
  }

  /**
   * Sets whether tokens that are bound to a client certificate (RFC 8705 §3) are accepted from
   * clients that present it. Default: {@code off}, which refuses them.
   *
   * @param mode {@code off}, {@code accepted}, or {@code required} to refuse all other tokens
   * @return this
   */
  public SettingsBuilder mtlsBoundTokens(String mode) {
    return set(Setting.MTLS_BOUND_TOKENS, mode);
  }

  /**
   * Sets the header in which proxies that end TLS send the client's certificate (RFC 9440).
   * Default: none; the certificate is that of the connection.
   *
   * @param name usually {@code Client-Cert}; only from {@link #clientCertProxies}
   * @return this
   */
  public SettingsBuilder clientCertHeader(String name) {
    return set(Setting.CLIENT_CERT_HEADER, name);
  }

  /**
   * Sets the proxies whose {@link #clientCertHeader} is trusted. They must remove the header that
   * clients send.
   *
   * @param addresses IP addresses and ranges such as {@code 10.1.0.0/16}, separated by spaces
   * @return this
   */
  public SettingsBuilder clientCertProxies(String addresses) {
    return set(Setting.CLIENT_CERT_PROXIES, addresses);
  }

  /**
   * Sets by how much the authorization server's clock may be ahead. Applies to {@code nbf}, and to
   * {@code auth_time} in rules with a maximum age. Default: 30 s.
   *
   * @param skew 0 to 60 s
   * @return this
   */
  public SettingsBuilder clockSkew(Duration skew) {
    return set(Setting.CLOCK_SKEW, skew.toString());
  }

  /**
   * Sets how long a token may be. A longer one gets 400. The container limits the headers of a
   * request, too. Default: 16 KiB.
   *
   * @param characters 256 to 65,536
   * @return this
   */
  public SettingsBuilder maxTokenLength(int characters) {
    return set(Setting.MAX_TOKEN_LENGTH, Integer.toString(characters));
  }

  /**
   * Sets how long an active result is cached, and so how long a revoked token may still be accepted
   * unless it is evicted with {@link TokenCache}. No result outlives the token's {@code exp}.
   * Default: 30 s.
   *
   * @param ttl 0 to 1 h; 0 turns the cache off, so that every request introspects
   * @return this
   */
  public SettingsBuilder cacheTtl(Duration ttl) {
    return set(Setting.CACHE_TTL, ttl.toString());
  }

  /**
   * Sets how long an inactive result is cached. Default: 5 s.
   *
   * @param ttl 0 to 1 h; 0 caches no inactive results
   * @return this
   */
  public SettingsBuilder cacheInactiveTtl(Duration ttl) {
    return set(Setting.CACHE_INACTIVE_TTL, ttl.toString());
  }

  /**
   * Sets the scopes that the authorization server may grant. Others in its tokens are ignored.
   * Default: any.
   *
   * @param scopes scopes, separated by spaces
   * @return this
   */
  public SettingsBuilder allowedScopes(String scopes) {
    return set(Setting.ALLOWED_SCOPES, scopes);
  }

  /**
   * Sets the clients to which the authorization server may issue tokens. Tokens of others, and
   * tokens that name no client, are refused. Default: any.
   *
   * @param clientIds values of {@code client_id}, separated by spaces or commas
   * @return this
   */
  public SettingsBuilder allowedClients(String clientIds) {
    return set(Setting.ALLOWED_CLIENTS, clientIds);
  }

  /**
   * Sets the maximum number of cached active results, of about half a kilobyte each. The limit for
   * inactive results is a tenth of it. Default: 100,000.
   *
   * @param count 1 to 999,999
   * @return this
   */
  public SettingsBuilder cacheMaxEntries(int count) {
    return set(Setting.CACHE_MAX_ENTRIES, Integer.toString(count));
  }

  /**
   * Sets how many bytes of heap the cached active results may take, as estimated from their claims.
   * Default: 128 MiB.
   *
   * @param bytes 1 MiB to 1 GiB
   * @return this
   */
  public SettingsBuilder cacheMaxBytes(int bytes) {
    return set(Setting.CACHE_MAX_BYTES, Integer.toString(bytes));
  }

  /**
   * Sets the size of the largest usable introspection response. A token with a larger one gets 503.
   * Default: 64 KiB.
   *
   * @param bytes 1 KiB to 1 MiB
   * @return this
   */
  public SettingsBuilder introspectionMaxResponse(int bytes) {
    return set(Setting.INTROSPECTION_MAX_RESPONSE, Integer.toString(bytes));
  }

  /**
   * Sets how long an active result is still used after {@link #cacheTtl}, while the authorization
   * server is unavailable. A token that is revoked during an outage may be accepted for that much
   * longer. Default: 0, not at all.
   *
   * @param time 0 to 1 h
   * @return this
   */
  public SettingsBuilder staleWhileUnavailable(Duration time) {
    return set(Setting.STALE_WHILE_UNAVAILABLE, time.toString());
  }

  /**
   * Sets the path to which other programs post what to evict (see the guide). Default: none, so
   * that they can't.
   *
   * @param path a path within the application, such as {@code /gatehouse/evict}; the filter must be
   *     mapped to it too
   * @return this
   */
  public SettingsBuilder evictionPath(String path) {
    return set(Setting.EVICTION_PATH, path);
  }

  /**
   * Sets the Bearer token that callers of {@link #evictionPath} must send.
   *
   * @param secret at least 32 characters of {@code A-Z a-z 0-9 -._~+/}
   * @return this
   */
  public SettingsBuilder evictionSecret(String secret) {
    return set(Setting.EVICTION_SECRET, secret);
  }

  /**
   * Sets a file that contains that secret, instead of {@link #evictionSecret}. The filter reads it
   * again when it changes.
   *
   * @param path a file with one line, the secret
   * @return this
   */
  public SettingsBuilder evictionSecretFile(String path) {
    return set(Setting.EVICTION_SECRET_FILE, path);
  }

  /**
   * Sets whether an MCP session ({@code Mcp-Session-Id}) is bound to the issuer, user and client
   * that it was issued to, so that all other callers get 404 for it. Default: true.
   *
   * @param bound false to let every admitted caller use any session whose id it knows
   * @return this
   */
  public SettingsBuilder sessionBinding(boolean bound) {
    return set(Setting.SESSION_BINDING, Boolean.toString(bound));
  }

  /**
   * Sets how long an MCP session may be idle until it is forgotten and its owner gets 404, too. An
   * open stream counts as use. Default: 24 hours.
   *
   * @param idle from one second to 30 days
   * @return this
   */
  public SettingsBuilder sessionIdle(Duration idle) {
    return set(Setting.SESSION_IDLE, idle.toString());
  }

  /**
   * Sets how often the token of an open event stream is verified again. Default: 60 seconds.
   *
   * @param interval zero for never; at most a day
   * @return this
   */
  public SettingsBuilder streamRecheck(Duration interval) {
    return set(Setting.STREAM_RECHECK, interval.toString());
  }

  /**
   * Sets the time limit for connecting to the authorization server; through a proxy, for each of
   * two steps: connecting to the proxy, and its response to CONNECT. Default: 2 s.
   *
   * @param timeout 1 ms to 5 min
   * @return this
   */
  public SettingsBuilder connectTimeout(Duration timeout) {
    return set(Setting.CONNECT_TIMEOUT, timeout.toString());
  }

  /**
   * Sets the forward proxy through which the filter reaches authorization servers that are not on
   * loopback. Default: none.
   *
   * @param proxy {@code http://host:port}, or {@code jvm} for what the JVM's proxy selector says,
   *     by default from {@code https.proxyHost} and similar system properties
   * @return this
   */
  public SettingsBuilder proxy(String proxy) {
    return set(Setting.PROXY, proxy);
  }

  /**
   * Sets a file that contains the credentials for the {@link #proxy} (RFC 7617). The filter reads
   * it again when it changes. Default: none.
   *
   * @param path a file with one line, {@code user:password}
   * @return this
   */
  public SettingsBuilder proxyCredentialsFile(String path) {
    return set(Setting.PROXY_CREDENTIALS_FILE, path);
  }

  /**
   * Sets the time limit for everything that a caller waits for, to the last byte of the response:
   * discovery, the filter's own access token, retries and further endpoints included. Default: 5 s.
   *
   * @param timeout 1 ms to 5 min
   * @return this
   */
  public SettingsBuilder requestTimeout(Duration timeout) {
    return set(Setting.REQUEST_TIMEOUT, timeout.toString());
  }

  /**
   * Sets the upper limit of concurrent introspection requests. Further requests wait up to 1 s (not
   * at all while the server is unresponsive), then get 503. When the server hangs, fewer are
   * allowed, so that the container keeps free threads. Default: 64.
   *
   * @param count 1 or more
   * @return this
   */
  public SettingsBuilder maxConcurrentIntrospections(int count) {
    return set(Setting.MAX_CONCURRENT_INTROSPECTIONS, Integer.toString(count));
  }

  /**
   * Sets the number of invalid tokens from one client address that are introspected per minute.
   * Beyond it, that address gets 429 for tokens that are not known to be valid. Default: 600.
   *
   * @param count 0 to 999,999; 0 for no limit
   * @return this
   */
  public SettingsBuilder maxBadTokensPerMinute(int count) {
    return set(Setting.MAX_BAD_TOKENS_PER_MINUTE, Integer.toString(count));
  }

  /**
   * Sets the number of proxies in front that append the address of their peer to {@code
   * X-Forwarded-For}. Used for {@link #maxBadTokensPerMinute} and the log, never for access
   * decisions. Default: 0.
   *
   * @param proxies 0 to 16
   * @return this
   */
  public SettingsBuilder forwardedForDepth(int proxies) {
    return set(Setting.FORWARDED_FOR_DEPTH, Integer.toString(proxies));
  }

  /**
   * Sets how long the circuit breaker of an introspection endpoint stays open. It opens when half
   * of the latest requests to the endpoint have failed or were slow. While it is open, callers get
   * 503 at once. Default: 5 s.
   *
   * @param wait 0 to 5 min; with 0, it opens only when the authorization server requests a pause
   * @return this
   */
  public SettingsBuilder breakerWait(Duration wait) {
    return set(Setting.BREAKER_WAIT, wait.toString());
  }

  /**
   * Sets whether the audit log, {@code dev.gatehouse.audit}, has a line for each admitted request,
   * as it always has for each refused one. Default: false.
   *
   * @param auditAdmitted true to log every admitted request
   * @return this
   */
  public SettingsBuilder auditAdmitted(boolean auditAdmitted) {
    return set(Setting.AUDIT_ADMITTED, Boolean.toString(auditAdmitted));
  }

  /**
   * Sets what the filter does if the servlet in front of which it is mapped also serves paths to
   * which it is not mapped, so that requests reach the servlet without a token. Write {@code warn}
   * only for a front controller, such as Spring's dispatcher servlet, whose other paths are public:
   * then the filter starts and logs these paths. Other errors in the mappings, and unprotected
   * paths of the MCP Java SDK's servlets, keep it from starting in any case. Default: {@code
   * refuse}.
   *
   * @param check {@code refuse} or {@code warn}
   * @return this
   */
  public SettingsBuilder mappingCheck(String check) {
    return set(Setting.MAPPING_CHECK, check);
  }

  /**
   * Sets whether the filter tests its set-up at start-up and logs the findings. Default: true.
   *
   * @param selfTest false to test only when {@link McpAuthFilter#selfTest()} is called
   * @return this
   */
  public SettingsBuilder selfTest(boolean selfTest) {
    return set(Setting.SELF_TEST, Boolean.toString(selfTest));
  }

  /**
   * Sets whether plain http is allowed to servers that are not on loopback. Tokens can then be read
   * on the network. Default: false.
   *
   * @param allowed true to accept that risk
   * @return this
   */
  public SettingsBuilder allowInsecureHttp(boolean allowed) {
    return set(Setting.ALLOW_INSECURE_HTTP, Boolean.toString(allowed));
  }

  /**
   * Sets any setting by its name, including the settings of one of several authorization servers.
   *
   * @param name the name as in {@code web.xml}: {@code client-id}, {@code
   *     server.keycloak.client-id}
   * @param value the value as in {@code web.xml}; not null. A blank one counts as not set, and does
   *     not replace an earlier one
   * @return this
   */
  public SettingsBuilder set(String name, String value) {
    values.set(name, value);
    return this;
  }

  private SettingsBuilder set(Setting setting, String value) {
    return set(setting.kebabName(), value);
  }

  /**
   * Sets how tokens are validated: {@code introspection} (the default), {@code jwt}, {@code
   * jwt-or-introspection} or {@code jwt-and-introspection}.
   *
   * @param mode one of these
   * @return this
   */
  public SettingsBuilder tokenValidation(String mode) {
    return set(Setting.TOKEN_VALIDATION, mode);
  }

  /**
   * Adds a custom verifier for the tokens with this prefix, such as API keys. The longest prefix
   * decides, also among {@code token-prefix} of the authorization servers.
   *
   * @param name its name in logs, metrics and health, and the issuer of its tokens: lower-case
   *     letters and digits, beginning with a letter
   * @param prefix what all its tokens begin with, and no others, such as {@code key_}
   * @param verifier the verifier
   * @return this
   */
  public SettingsBuilder verifier(String name, String prefix, AccessTokenVerifier verifier) {
    return add(new NamedVerifier(name, Objects.requireNonNull(prefix, "prefix"), verifier));
  }

  /**
   * Adds a custom verifier for the tokens that no prefix or issuer assigns to another one. With one
   * authorization server, that server introspects them first.
   *
   * @param name as in {@link #verifier(String, String, AccessTokenVerifier)}
   * @param verifier the verifier
   * @return this
   */
  public SettingsBuilder verifier(String name, AccessTokenVerifier verifier) {
    return add(new NamedVerifier(name, null, verifier));
  }

  private SettingsBuilder add(NamedVerifier verifier) {
    Objects.requireNonNull(verifier.name(), "name");
    Objects.requireNonNull(verifier.verifier(), "verifier");
    verifiers.add(verifier);
    return this;
  }

  /**
   * Sets all init-params of the filter. An unknown name is an error.
   *
   * @param config the filter's configuration
   * @return this
   */
  public SettingsBuilder initParameters(FilterConfig config) {
    for (String name : Collections.list(config.getInitParameterNames())) {
      set(name, config.getInitParameter(name));
    }
    return this;
  }

  /**
   * Sets all variables whose names begin with {@code GATEHOUSE_}. A blank variable is an error if
   * its setting has a value from elsewhere, and counts as not set otherwise. An unknown name that
   * resembles a setting, or begins like the settings of a server that is configured, is an error.
   * Other unknown names only cause a warning, because other programs use the prefix too: Kubernetes
   * sets {@code GATEHOUSE_SERVICE_HOST} for a service named {@code gatehouse}.
   *
   * @param environment environment variables, usually {@link System#getenv()}
   * @return this
   */
  public SettingsBuilder environment(Map<String, String> environment) {
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(Setting.ENVIRONMENT_PREFIX)) {
            SettingName name = SettingName.ofEnvironment(variable);
            if (name.resemblesSetting()) {
              values.setFromEnvironment(variable, name.text(), value);
            } else {
              values.ignoreVariable(variable, name);
              log.warn(
                  "environment variable {} is ignored: it is no setting of the filter", variable);
            }
          }
        });
    return this;
  }

  /**
   * Validates all values and creates the settings.
   *
   * @return the settings
   * @throws IllegalArgumentException if any value is invalid; the message has one line for each
   *     error, which says what to write instead
   */
  public Settings build() {
    SettingErrors errors = new SettingErrors();
    Settings settings = new Settings(new SettingsReader(values, errors), verifiers);
    errors.throwIfAny();
    return settings;
  }
}
