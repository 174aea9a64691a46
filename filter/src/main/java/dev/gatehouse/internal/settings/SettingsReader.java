package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.http.ForwardProxy;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.introspection.RetryAfter;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.mcp.McpSettings;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.syntax.WebOrigin;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenDigest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and validates each setting. Invalid ones are added to the {@link SettingErrors}. */
public final class SettingsReader {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final Pattern EVICTION_SECRET = Pattern.compile("[A-Za-z0-9._~+/-]{32,}=*");

  private final RawSettings settings;
  private final SettingErrors errors;
  private final @Nullable URI resource;

  /** The names of custom verifiers. */
  private final Set<String> verifiers = new HashSet<>();

  public SettingsReader(SettingValues collected, SettingErrors errors) {
    Map<String, String> values = collected.byName();
    this.settings = new RawSettings(values, errors);
    this.errors = errors;
    collected.reportBlankVariables(errors);
    collected.reportVariablesSpelledTwice(errors);
    collected.reportUnknownVariables(settings.words(Setting.SERVERS), errors);
    values.keySet().forEach(name -> checkName(new SettingName(name), errors));
    this.resource = settings.publicUriWithoutQuery(Setting.RESOURCE); // RFC 9728 §1.2
    if (!settings.isSet(Setting.RESOURCE)) {
      settings.error(
          Setting.RESOURCE,
          "missing; write the public URI of this MCP server, such as https://example.com/mcp");
    }
  }

  private void checkName(SettingName name, SettingErrors errors) {
    Optional<Setting> ofAllServers = name.settingOfAllServers();
    if (ofAllServers.isPresent()) {
      errors.add(
          name.text(),
          "unknown setting of one server; write "
              + ofAllServers.get().kebabName()
              + ", which is for all");
    } else if (name.setting().isEmpty()) {
      errors.add(
          name.text(),
          "unknown setting; " + name.nearest().map(n -> "write " + n).orElse("remove it"));
    }
    name.server()
        .filter(server -> !settings.words(Setting.SERVERS).contains(server))
        .ifPresent(
            server ->
                errors.add(name.text(), "'" + server + "' is not listed in servers; add it there"));
  }

  public String resource() {
    return String.valueOf(settings.text(Setting.RESOURCE));
  }

  public boolean flag(Setting setting) {
    return settings.flag(setting);
  }

  public @Nullable String text(Setting setting) {
    return settings.text(setting);
  }

  public Duration timeLimit(Setting setting) {
    return settings.duration(setting, SHORTEST, LONGEST);
  }

  /** At most as long as the longest pause that a server can request. */
  public Duration breakerWait() {
    return settings.duration(Setting.BREAKER_WAIT, Duration.ZERO, RetryAfter.LONGEST);
  }

  /** At most a minute: a larger difference is a broken clock. */
  public Duration clockSkew() {
    return settings.duration(Setting.CLOCK_SKEW, Duration.ZERO, Duration.ofSeconds(60));
  }

  /** As long as the longest that an HTTP header can be in any container. */
  public int maxTokenLength() {
    return settings.size(Setting.MAX_TOKEN_LENGTH, 256, 64 * 1024);
  }

  /** At most an hour: a revoked token may be accepted for so long. */
  public Duration cacheTime(Setting setting) {
    return settings.duration(setting, Duration.ZERO, Duration.ofHours(1));
  }

  /** At most thirty days: a session that is idle for longer has been forgotten by its client. */
  public Duration sessionIdle() {
    return settings.duration(Setting.SESSION_IDLE, Duration.ofSeconds(1), Duration.ofDays(30));
  }

  /** At most a day; zero for never. */
  public Duration streamRecheck() {
    return settings.duration(Setting.STREAM_RECHECK, Duration.ZERO, Duration.ofDays(1));
  }

  public Duration staleWhileUnavailable(Duration cacheTtl) {
    Duration time = cacheTime(Setting.STALE_WHILE_UNAVAILABLE);
    if (!time.isZero() && cacheTtl.isZero()) {
      settings.error(
          Setting.STALE_WHILE_UNAVAILABLE,
          "has no effect with cache-ttl=0s, which caches nothing; change one of them");
    }
    return time;
  }

  /** Only a path that every container and proxy interprets alike. */
  public @Nullable String evictionPath() {
    String path = settings.text(Setting.EVICTION_PATH);
    if (path != null && (!PLAIN_PATH.matcher(path).matches() || path.startsWith("/.well-known"))) {
      settings.error(
          Setting.EVICTION_PATH,
          "'" + path + "' is not a plain path; write one such as /gatehouse/evict");
    }
    return path;
  }

  /** The hash of the secret, which suffices to compare; null without an eviction endpoint. */
  public @Nullable Reloadable<byte[]> evictionSecretHash() {
    boolean wanted = settings.isSet(Setting.EVICTION_PATH);
    boolean given =
        settings.isSet(Setting.EVICTION_SECRET) || settings.isSet(Setting.EVICTION_SECRET_FILE);
    if (wanted && !given) {
      settings.error(Setting.EVICTION_SECRET, "missing; set it or eviction-secret-file");
    }
    if (given && !wanted) {
      settings.error(Setting.EVICTION_PATH, "missing; set it, or remove the eviction secret");
    }
    Reloadable<byte[]> hash =
        settings.secret(
            Setting.EVICTION_SECRET,
            Setting.EVICTION_SECRET_FILE,
            Reloadable.fixed(new byte[0]),
            SettingsReader::hashOfEvictionSecret);
    return wanted ? hash : null;
  }

  private static byte[] hashOfEvictionSecret(String secret) {
    if (!EVICTION_SECRET.matcher(secret).matches()) {
      throw new IllegalArgumentException(
          "is too short, or has a character that a Bearer header does not allow; write at least 32"
              + " characters of A-Z a-z 0-9 -._~+/");
    }
    return TokenDigest.of(secret);
  }

  public int count(Setting setting) {
    return settings.count(setting, 1, 999_999);
  }

  /** A count that may be zero. */
  public int countOrNone(Setting setting, int max) {
    return settings.count(setting, 0, max);
  }

  /** At most a gibibyte: a heap of any size that holds more has no use for it. */
  public int cacheMaxBytes() {
    return settings.size(Setting.CACHE_MAX_BYTES, 1024 * 1024, 1024 * 1024 * 1024);
  }

  /**
   * One server from the settings without prefix, or several from {@code server.NAME.…}.
   *
   * @param besideVerifiers whether there are custom verifiers, too
   */
  public List<ServerConnection> servers(@Nullable ReloadedTls tls, boolean besideVerifiers) {
    return new ServersReader(settings, tls).read(besideVerifiers);
  }

  /** Checks name and prefix of a custom verifier; each must be checked once. */
  public void checkVerifier(String name, @Nullable String prefix) {
    if (!SettingName.isServer(name)) {
      errors.add(
          "verifier",
          "'"
              + name
              + "' is no name of a verifier; write lower-case letters and digits, beginning with a"
              + " letter");
    }
    if (settings.words(Setting.SERVERS).contains(name) || !verifiers.add(name)) {
      errors.add("verifier", "'" + name + "' is another server or verifier; choose another name");
    }
    if (prefix != null && !BearerToken.isValid(prefix)) {
      errors.add(
          "verifier",
          "the prefix of " + name + " is no beginning of a token; write letters, digits or -._~+/");
    }
  }

  /** Whether a token without a known prefix or issuer may be sent to every server in turn. */
  public boolean triesServersInOrder() {
    return isSecond(Setting.SERVER_SELECTION, "by-token", "in-order");
  }

  /** Whether the filter starts in front of a servlet that also serves other paths. */
  public boolean allowsUnprotectedPaths() {
    return isSecond(Setting.MAPPING_CHECK, "refuse", "warn");
  }

  private boolean isSecond(Setting setting, String first, String second) {
    return settings.isSecond(setting, first, second);
  }

  /** The settings about MCP messages. */
  public McpSettings mcp() {
    return new McpReader(settings).read();
  }

  public List<String> authorizationServers(List<ServerConnection> servers) {
    List<String> named = settings.words(Setting.AUTHORIZATION_SERVERS);
    named.forEach(server -> settings.uri(Setting.AUTHORIZATION_SERVERS, server));
    if (!named.isEmpty()) {
      return named;
    }
    List<String> issuers = new ArrayList<>();
    for (ServerConnection each : servers) {
      String issuer = each.server().issuer();
      if (issuer != null) {
        issuers.add(issuer);
      }
    }
    return List.copyOf(issuers);
  }

  public boolean forwardsServerMetadata(List<ServerConnection> servers) {
    boolean forwards = settings.flag(Setting.FORWARD_AUTHORIZATION_SERVER_METADATA);
    if (forwards && servers.get(0).server().issuer() == null) {
      settings.error(
          Setting.FORWARD_AUTHORIZATION_SERVER_METADATA,
          "'true' needs an issuer, whose metadata is forwarded; set issuer");
    }
    return forwards;
  }

  public Set<String> audience() {
    List<String> named = settings.words(Setting.AUDIENCE);
    return named.isEmpty() ? Set.of(resource()) : Set.copyOf(named);
  }

  public List<Set<String>> requiredScopes() {
    List<Set<String>> alternatives =
        settings.parse(
            Setting.REQUIRED_SCOPES,
            List.of(),
            text -> Arrays.stream(text.split("\\|", -1)).map(Scopes::parseNonEmpty).toList());
    alternatives.forEach(scopes -> refuseOfflineAccess(Setting.REQUIRED_SCOPES, scopes));
    return alternatives;
  }

  public Map<String, Set<String>> impliedScopes() {
    return settings.parse(Setting.SCOPE_IMPLIES, Map.of(), Scopes::parseImplications);
  }

  public Set<String> challengeScopes(List<Set<String>> required) {
    Set<String> named = advertisedScopes(Setting.CHALLENGE_SCOPES);
    return named.isEmpty() && !required.isEmpty() ? required.get(0) : named;
  }

  public Set<String> advertisedScopes(Setting setting) {
    Set<String> scopes = settings.parse(setting, Set.of(), Scopes::parse);
    refuseOfflineAccess(setting, scopes);
    return scopes;
  }

  /** MCP authorization: a resource server must not require or advertise this scope. */
  private void refuseOfflineAccess(Setting setting, Set<String> scopes) {
    if (scopes.contains("offline_access")) {
      settings.error(setting, "offline_access is for clients to request; remove it");
    }
  }

  /** The URI of a page for people. The filter sends nothing to it. */
  public @Nullable String page(Setting setting) {
    URI uri = settings.uri(setting);
    return uri == null ? null : uri.toString();
  }

  /** The origins of web pages, normalized. */
  public Set<String> allowedOrigins() {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin : settings.words(Setting.ALLOWED_ORIGINS)) {
      try {
        origins.add(WebOrigin.configured(origin));
      } catch (IllegalArgumentException e) {
        settings.error(Setting.ALLOWED_ORIGINS, String.valueOf(e.getMessage()));
      }
    }
    if (origins.isEmpty() && resource != null) {
      origins.add(ServerUri.origin(resource));
    }
    return origins;
  }

  /** The configured TLS stores; null for the JVM's defaults. */
  public @Nullable ReloadedTls tls() {
    return new TlsReader(settings).read();
  }

  /** The forward proxy to these servers; null if there is none. */
  public ForwardProxy.@Nullable Choice proxy(List<ServerConnection> servers) {
    return new ProxyReader(settings).read(servers);
  }
}
