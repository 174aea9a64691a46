package dev.gatehouse.internal.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The name and default of every setting, for the builder, init-params and environment alike. */
public enum Setting {
  RESOURCE,
  ISSUER(Scope.SERVER),
  TOKEN_VALIDATION(Scope.SERVER, "introspection"),
  INTROSPECTION_ENDPOINT(Scope.SERVER),
  TOKEN_ENDPOINT(Scope.SERVER),
  CLIENT_ID(Scope.SERVER),
  CLIENT_SECRET(Scope.SERVER),
  CLIENT_SECRET_FILE(Scope.SERVER),
  PRIVATE_KEY_FILE(Scope.SERVER),
  CLIENT_AUTH_METHOD(Scope.SERVER, "client_secret_basic"),
  CLIENT_TOKEN_SCOPE(Scope.SERVER),
  INTROSPECTION_HEADERS(Scope.SERVER),
  INTROSPECTION_HEADERS_FILE(Scope.SERVER),
  INTROSPECTION_PARAMETERS(Scope.SERVER),
  INTROSPECTION_PARAMETERS_FILE(Scope.SERVER),
  INTROSPECTION_RESPONSE(Scope.SERVER, "json"),
  TOKEN_PREFIX(Scope.SERVER),
  AUDIENCE_ALTERNATIVE(Scope.SERVER),
  ALLOWED_SCOPES(Scope.SERVER),
  ALLOWED_CLIENTS(Scope.SERVER),
  JWKS_URI(Scope.SERVER),
  JWT_ALGORITHMS(
      Scope.SERVER, "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519"),
  JWT_TYPES(Scope.SERVER, "at+jwt JWT absent"),
  SCOPE_CLAIMS(Scope.SERVER),
  SERVERS,
  SERVER_SELECTION("by-token"),
  AUTHORIZATION_SERVERS,
  AUDIENCE,
  REQUIRED_SCOPES,
  SCOPE_IMPLIES,
  CHALLENGE_SCOPES,
  SCOPES_SUPPORTED,
  RESOURCE_NAME,
  RESOURCE_DOCUMENTATION,
  RESOURCE_POLICY_URI,
  RESOURCE_TOS_URI,
  FORWARD_AUTHORIZATION_SERVER_METADATA("false"),
  ALLOWED_ORIGINS,
  MCP_RULES,
  MCP_RULES_FILE,
  MCP_DEFAULT("allow"),
  MCP_ON_MISSING("challenge"),
  MCP_HIDE("true"),
  MCP_MAX_BODY("16MiB"),
  MCP_PROTOCOL_VERSIONS,
  DPOP("off"),
  DPOP_ALGORITHMS("ES256 EdDSA PS256 RS256"),
  DPOP_PROOF_AGE("60s"),
  DPOP_NONCE("off"),
  MTLS_BOUND_TOKENS("off"),
  CLIENT_CERT_HEADER,
  CLIENT_CERT_PROXIES,
  CLOCK_SKEW("30s"),
  MAX_TOKEN_LENGTH("16KiB"),
  CACHE_TTL("30s"),
  CACHE_INACTIVE_TTL("5s"),
  CACHE_MAX_ENTRIES("100000"),
  CACHE_MAX_BYTES("128MiB"),
  STALE_WHILE_UNAVAILABLE("0s"),
  EVICTION_PATH,
  EVICTION_SECRET,
  EVICTION_SECRET_FILE,
  SESSION_BINDING("true"),
  SESSION_IDLE("24h"),
  STREAM_RECHECK("60s"),
  CONNECT_TIMEOUT("2s"),
  REQUEST_TIMEOUT("5s"),
  INTROSPECTION_MAX_RESPONSE("64KiB"),
  MAX_CONCURRENT_INTROSPECTIONS("64"),
  MAX_BAD_TOKENS_PER_MINUTE("600"),
  FORWARDED_FOR_DEPTH("0"),
  BREAKER_WAIT("5s"),
  PROXY,
  PROXY_CREDENTIALS_FILE,
  TRUST_STORE,
  TRUST_STORE_PASSWORD,
  KEY_STORE,
  KEY_STORE_PASSWORD,
  KEY_STORE_PASSWORD_FILE,
  AUDIT_ADMITTED("false"),
  MAPPING_CHECK("refuse"),
  SELF_TEST("true"),
  ALLOW_INSECURE_HTTP("false");

  private enum Scope {
    FILTER,
    SERVER
  }

  /** The prefix of all environment variables of the filter. */
  public static final String ENVIRONMENT_PREFIX = "GATEHOUSE_";

  /** The prefix of settings of one of several authorization servers: {@code server.NAME.}. */
  static final String SERVER_PREFIX = "server.";

  private final Scope scope;
  private final @Nullable String defaultValue;

  Setting() {
    this(Scope.FILTER, null);
  }

  Setting(String defaultValue) {
    this(Scope.FILTER, defaultValue);
  }

  Setting(Scope scope) {
    this(scope, null);
  }

  Setting(Scope scope, @Nullable String defaultValue) {
    this.scope = scope;
    this.defaultValue = defaultValue;
  }

  /** Whether each authorization server has a value of its own. */
  boolean isPerServer() {
    return scope == Scope.SERVER;
  }

  /** The name in kebab-case, as in {@code web.xml}: {@code client-id}. */
  public String kebabName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name of the environment variable: {@code GATEHOUSE_CLIENT_ID}. */
  public String environmentName() {
    return ENVIRONMENT_PREFIX + name();
  }

  public @Nullable String defaultValue() {
    return defaultValue;
  }

  public static Optional<Setting> named(String kebabName) {
    return Arrays.stream(values()).filter(s -> s.kebabName().equals(kebabName)).findFirst();
  }

  /** The setting within two typing errors of this name; empty if there is none. */
  static Optional<Setting> nearest(String kebabName) {
    return Arrays.stream(values())
        .filter(s -> editDistance(s.kebabName(), kebabName) <= 2)
        .findFirst();
  }

  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
