package dev.gatehouse;

import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.internal.settings.SettingErrors;
import dev.gatehouse.internal.settings.SettingName;
import dev.gatehouse.internal.settings.SettingsReader;
import jakarta.servlet.FilterConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects settings from Java, from filter init-params and from the environment; where two of them
 * set the same one, the later call wins. Nothing is checked before {@link #build()}, so that all
 * mistakes can be named at once. Not safe for use by many threads.
 */
public final class SettingsBuilder {

  private static final Logger log = LoggerFactory.getLogger(SettingsBuilder.class);

  private final Map<String, String> values = new TreeMap<>();

  SettingsBuilder() {}

  /**
   * Sets this MCP server's public address, from which audience, metadata and challenge follow.
   * Required.
   *
   * @param uri {@code https://host/path}, as users type it; plain http on loopback alone
   * @return this
   */
  public SettingsBuilder resource(String uri) {
    return set(Setting.RESOURCE, uri);
  }

  /**
   * Sets the authorization server's issuer identifier, from which the endpoint is discovered (RFC
   * 8414). Required, unless {@link #introspectionEndpoint} is set.
   *
   * @param issuer spelled as that server spells it, to the slash
   * @return this
   */
  public SettingsBuilder issuer(String issuer) {
    return set(Setting.ISSUER, issuer);
  }

  /**
   * Sets where to introspect (RFC 7662 §2). Default: discovered from the issuer.
   *
   * @param uris https, or plain http on loopback; several of the same issuer, separated by spaces,
   *     are asked in this order when the one before can't tell
   * @return this
   */
  public SettingsBuilder introspectionEndpoint(String uris) {
    return set(Setting.INTROSPECTION_ENDPOINT, uris);
  }

  /**
   * Sets the issuers that the metadata document advertises (RFC 9728 §2). Default: the issuer.
   *
   * @param issuers separated by spaces
   * @return this
   */
  public SettingsBuilder authorizationServers(String issuers) {
    return set(Setting.AUTHORIZATION_SERVERS, issuers);
  }

  /**
   * Sets the id of this resource server at the authorization server.
   *
   * @param clientId as registered there
   * @return this
   */
  public SettingsBuilder clientId(String clientId) {
    return set(Setting.CLIENT_ID, clientId);
  }

  /**
   * Sets the secret of this resource server at the authorization server.
   *
   * @param secret as registered there
   * @return this
   */
  public SettingsBuilder clientSecret(String secret) {
    return set(Setting.CLIENT_SECRET, secret);
  }

  /**
   * Sets the file that holds the secret, in place of {@link #clientSecret}. It is read again when
   * it changes.
   *
   * @param path a file of one line, the secret
   * @return this
   */
  public SettingsBuilder clientSecretFile(String path) {
    return set(Setting.CLIENT_SECRET_FILE, path);
  }

  /**
   * Sets the file that holds the private key for {@code private_key_jwt}. It is read again when it
   * changes.
   *
   * @param path a private JWK (RFC 7517), or PKCS #8 in PEM
   * @return this
   */
  public SettingsBuilder privateKeyFile(String path) {
    return set(Setting.PRIVATE_KEY_FILE, path);
  }

  /**
   * Sets how this resource server authenticates. Default: {@code client_secret_basic}.
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
   * Sets the accepted {@code aud} values. Default: the resource.
   *
   * @param audience one or more, separated by spaces; compared exactly, but for the case of scheme
   *     and host, the default port and one trailing slash
   * @return this
   */
  public SettingsBuilder audience(String audience) {
    return set(Setting.AUDIENCE, audience);
  }

  /**
   * Sets what stands in for the audience where answers have none. Default: nothing, and such tokens
   * are refused.
   *
   * @param alternative {@code client-id:NAME,NAME}, {@code scope:NAME} or {@code none-unsafe}
   * @return this
   */
  public SettingsBuilder audienceAlternative(String alternative) {
    return set(Setting.AUDIENCE_ALTERNATIVE, alternative);
  }

  /**
   * Sets what every call needs. Default: no scope.
   *
   * @param scopes {@code a b} for both, {@code a b | c} for either set
   * @return this
   */
  public SettingsBuilder requiredScopes(String scopes) {
    return set(Setting.REQUIRED_SCOPES, scopes);
  }

  /**
   * Sets which scopes include others. Default: none does.
   *
   * @param implications {@code notes:write > notes:read, admin > notes:write}
   * @return this
   */
  public SettingsBuilder scopeImplies(String implications) {
    return set(Setting.SCOPE_IMPLIES, implications);
  }

  /**
   * Sets what the 401 asks for. Default: the required scopes.
   *
   * @param scopes separated by spaces
   * @return this
   */
  public SettingsBuilder challengeScopes(String scopes) {
    return set(Setting.CHALLENGE_SCOPES, scopes);
  }

  /**
   * Sets the {@code scopes_supported} of the metadata (RFC 9728 §2). Default: left out.
   *
   * @param scopes separated by spaces
   * @return this
   */
  public SettingsBuilder scopesSupported(String scopes) {
    return set(Setting.SCOPES_SUPPORTED, scopes);
  }

  /**
   * Sets the {@code resource_name} of the metadata (RFC 9728 §2). Default: left out.
   *
   * @param name for people to read
   * @return this
   */
  public SettingsBuilder resourceName(String name) {
    return set(Setting.RESOURCE_NAME, name);
  }

  /**
   * Sets the {@code resource_documentation} of the metadata (RFC 9728 §2). Default: left out.
   *
   * @param uri a page for developers
   * @return this
   */
  public SettingsBuilder resourceDocumentation(String uri) {
    return set(Setting.RESOURCE_DOCUMENTATION, uri);
  }

  /**
   * Sets the {@code resource_policy_uri} of the metadata (RFC 9728 §2). Default: left out.
   *
   * @param uri a page on how clients may use the data
   * @return this
   */
  public SettingsBuilder resourcePolicyUri(String uri) {
    return set(Setting.RESOURCE_POLICY_URI, uri);
  }

  /**
   * Sets the {@code resource_tos_uri} of the metadata (RFC 9728 §2). Default: left out.
   *
   * @param uri a page with the terms of service
   * @return this
   */
  public SettingsBuilder resourceTosUri(String uri) {
    return set(Setting.RESOURCE_TOS_URI, uri);
  }

  /**
   * Sets whether the authorization server's metadata is served at {@code
   * /.well-known/oauth-authorization-server} here too, for clients of the 2025-03-26 revision of
   * MCP. Default: false.
   *
   * @param forward true serves it
   * @return this
   */
  public SettingsBuilder forwardAuthorizationServerMetadata(boolean forward) {
    return set(Setting.FORWARD_AUTHORIZATION_SERVER_METADATA, Boolean.toString(forward));
  }

  /**
   * Sets the origins whose pages may call this server. Default: the resource's own.
   *
   * @param origins {@code https://host:port}, separated by spaces
   * @return this
   */
  public SettingsBuilder allowedOrigins(String origins) {
    return set(Setting.ALLOWED_ORIGINS, origins);
  }

  /**
   * Sets how far the authorization server's clock may be ahead, for {@code nbf} alone. Default: 30
   * s.
   *
   * @param skew 0 to 60 seconds
   * @return this
   */
  public SettingsBuilder clockSkew(Duration skew) {
    return set(Setting.CLOCK_SKEW, skew.toString());
  }

  /**
   * Sets how long an answer that calls a token active is kept. It is the longest time for which a
   * token goes on here after it has been revoked, unless {@link TokenCache} is told to forget it.
   * Default: 30 s.
   *
   * @param ttl 0 to 1 hour, and in no case past the token's end; 0 keeps nothing, so that every
   *     request asks anew
   * @return this
   */
  public SettingsBuilder cacheTtl(Duration ttl) {
    return set(Setting.CACHE_TTL, ttl.toString());
  }

  /**
   * Sets how long an answer that calls a token bad is kept. Default: 5 s.
   *
   * @param ttl 0 to 1 hour; 0 asks anew about every bad token
   * @return this
   */
  public SettingsBuilder cacheInactiveTtl(Duration ttl) {
    return set(Setting.CACHE_INACTIVE_TTL, ttl.toString());
  }

  /**
   * Sets how many active answers are kept at most, and ten times fewer others. Default: 100,000, of
   * about half a kilobyte each.
   *
   * @param count 1 to 999,999
   * @return this
   */
  public SettingsBuilder cacheMaxEntries(int count) {
    return set(Setting.CACHE_MAX_ENTRIES, Integer.toString(count));
  }

  /**
   * Sets how long a token that was active, and has not expired, may go on after its answer is no
   * longer fresh, while the authorization server can't be reached. Default: 0, not at all.
   *
   * @param time 0 to 1 hour; so much longer may a token that is revoked during an outage go on
   * @return this
   */
  public SettingsBuilder staleWhileUnavailable(Duration time) {
    return set(Setting.STALE_WHILE_UNAVAILABLE, time.toString());
  }

  /**
   * Sets the path at which others may say that something has been revoked (see the guide). Default:
   * none, and nobody can.
   *
   * @param path within the application, such as {@code /gatehouse/evict}; the filter has to be
   *     mapped to it, too
   * @return this
   */
  public SettingsBuilder evictionPath(String path) {
    return set(Setting.EVICTION_PATH, path);
  }

  /**
   * Sets what callers of that path have to send as their Bearer token.
   *
   * @param secret at least 32 characters of {@code A-Z a-z 0-9 -._~+/}
   * @return this
   */
  public SettingsBuilder evictionSecret(String secret) {
    return set(Setting.EVICTION_SECRET, secret);
  }

  /**
   * Sets the file that holds that secret, in place of {@link #evictionSecret}. It is read again
   * when it changes.
   *
   * @param path a file whose one line is the secret
   * @return this
   */
  public SettingsBuilder evictionSecretFile(String path) {
    return set(Setting.EVICTION_SECRET_FILE, path);
  }

  /**
   * Sets how long connecting to the authorization server may take. Default: 2 s.
   *
   * @param timeout 1 ms to 5 minutes
   * @return this
   */
  public SettingsBuilder connectTimeout(Duration timeout) {
    return set(Setting.CONNECT_TIMEOUT, timeout.toString());
  }

  /**
   * Sets how long asking the authorization server about a token may take as a whole: discovery,
   * credentials, a retry and further endpoints included. Default: 5 s.
   *
   * @param timeout 1 ms to 5 minutes
   * @return this
   */
  public SettingsBuilder requestTimeout(Duration timeout) {
    return set(Setting.REQUEST_TIMEOUT, timeout.toString());
  }

  /**
   * Sets how many introspections may be under way at once. Default: 64.
   *
   * @param count 1 or more
   * @return this
   */
  public SettingsBuilder maxConcurrentIntrospections(int count) {
    return set(Setting.MAX_CONCURRENT_INTROSPECTIONS, Integer.toString(count));
  }

  /**
   * Sets how many tokens that turn out bad one peer may have asked about in a minute; then it gets
   * 429 for tokens that are not known to be good. Default: 600.
   *
   * @param count 0 to 999,999; 0 for no limit
   * @return this
   */
  public SettingsBuilder maxBadTokensPerMinute(int count) {
    return set(Setting.MAX_BAD_TOKENS_PER_MINUTE, Integer.toString(count));
  }

  /**
   * Sets how many proxies in front are believed to add the address that they are called from to
   * {@code X-Forwarded-For}. It serves the limit above and the log, never access. Default: 0.
   *
   * @param proxies 0 to 16
   * @return this
   */
  public SettingsBuilder forwardedForDepth(int proxies) {
    return set(Setting.FORWARDED_FOR_DEPTH, Integer.toString(proxies));
  }

  /**
   * Sets how long an introspection endpoint is left alone when half of the latest calls to it have
   * failed or were slow; callers get 503 at once meanwhile. Default: 5 s.
   *
   * @param wait up to 5 minutes; zero to ask an endpoint however often it fails, unless it asks for
   *     a pause itself
   * @return this
   */
  public SettingsBuilder breakerWait(Duration wait) {
    return set(Setting.BREAKER_WAIT, wait.toString());
  }

  /**
   * Sets whether the audit log, {@code dev.gatehouse.audit}, has a line for each admitted request,
   * as it has for each refused one. Default: false.
   *
   * @param auditAdmitted true to log every admitted request
   * @return this
   */
  public SettingsBuilder auditAdmitted(boolean auditAdmitted) {
    return set(Setting.AUDIT_ADMITTED, Boolean.toString(auditAdmitted));
  }

  /**
   * Sets whether the filter tests its own set-up when it starts, and logs what it finds. Default:
   * true.
   *
   * @param selfTest false leaves it to {@link McpAuthFilter#selfTest()}
   * @return this
   */
  public SettingsBuilder selfTest(boolean selfTest) {
    return set(Setting.SELF_TEST, Boolean.toString(selfTest));
  }

  /**
   * Sets whether plain http may be spoken with other machines, where anybody on the way can read
   * the tokens. Default: false.
   *
   * @param allowed true takes that risk
   * @return this
   */
  public SettingsBuilder allowInsecureHttp(boolean allowed) {
    return set(Setting.ALLOW_INSECURE_HTTP, Boolean.toString(allowed));
  }

  /**
   * Sets any setting by its name, those of one of several authorization servers included.
   *
   * @param name as in {@code web.xml}: {@code client-id}, {@code server.keycloak.client-id}
   * @param value as there
   * @return this
   */
  public SettingsBuilder set(String name, String value) {
    values.put(name, value);
    return this;
  }

  private SettingsBuilder set(Setting setting, String value) {
    return set(setting.kebabName(), value);
  }

  /**
   * Takes over the filter's init-params. A name that is no setting is a mistake.
   *
   * @param config of the filter
   * @return this
   */
  public SettingsBuilder initParameters(FilterConfig config) {
    for (String name : Collections.list(config.getInitParameterNames())) {
      set(name, config.getInitParameter(name));
    }
    return this;
  }

  /**
   * Takes over the variables that begin with {@code GATEHOUSE_}. One that is nearly a setting is a
   * mistake; any other is only warned of, since others share that space: Kubernetes sets {@code
   * GATEHOUSE_SERVICE_HOST} for a service of that name.
   *
   * @param environment {@link System#getenv()}
   * @return this
   */
  public SettingsBuilder environment(Map<String, String> environment) {
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(Setting.ENVIRONMENT_PREFIX)) {
            SettingName name = SettingName.ofEnvironment(variable);
            if (name.setting().isPresent() || name.nearest().isPresent()) {
              set(name.text(), value);
            } else {
              log.warn("{} in the environment is no setting of the filter; ignored", variable);
            }
          }
        });
    return this;
  }

  /**
   * Checks everything and makes the settings.
   *
   * @return the settings
   * @throws IllegalArgumentException naming every mistake, one a line, each with what to write
   *     instead
   */
  public Settings build() {
    SettingErrors mistakes = new SettingErrors();
    Settings settings = new Settings(new SettingsReader(values, mistakes));
    mistakes.throwIfAny();
    return settings;
  }
}
