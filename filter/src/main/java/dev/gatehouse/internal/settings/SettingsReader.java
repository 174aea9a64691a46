package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.introspection.RetryAfter;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustedServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the settings one by one; what is wrong goes to the {@link SettingErrors}. */
public final class SettingsReader {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final Pattern EVICTION_SECRET = Pattern.compile("[A-Za-z0-9._~+/-]{32,}=*");

  private final RawSettings texts;
  private final @Nullable URI resource;

  public SettingsReader(Map<String, String> values, SettingErrors mistakes) {
    this.texts = new RawSettings(values, mistakes);
    values.keySet().forEach(name -> checkName(new SettingName(name), mistakes));
    this.resource = texts.publicUriWithoutQuery(Setting.RESOURCE); // RFC 9728 §1.2
    if (!texts.isSet(Setting.RESOURCE)) {
      texts.mistake(
          Setting.RESOURCE,
          "missing; write this MCP server's public address, such as https://example.com/mcp");
    }
  }

  private void checkName(SettingName name, SettingErrors mistakes) {
    if (name.setting().isEmpty()) {
      mistakes.add(
          name.text(),
          "there is no such setting; "
              + name.nearest().map(n -> "write " + n).orElse("take it out"));
    }
    name.server()
        .filter(server -> !texts.words(Setting.SERVERS).contains(server))
        .ifPresent(
            server ->
                mistakes.add(name.text(), "servers does not name '" + server + "'; add it there"));
  }

  public String resource() {
    return String.valueOf(texts.text(Setting.RESOURCE));
  }

  public boolean flag(Setting setting) {
    return texts.flag(setting);
  }

  public @Nullable String text(Setting setting) {
    return texts.text(setting);
  }

  public Duration timeLimit(Setting setting) {
    return texts.duration(setting, SHORTEST, LONGEST);
  }

  /** As long as callers would wait at most if the server asked for a pause. */
  public Duration breakerWait() {
    return texts.duration(Setting.BREAKER_WAIT, Duration.ZERO, RetryAfter.LONGEST);
  }

  /** At most a minute: more would not be a clock's error. */
  public Duration clockSkew() {
    return texts.duration(Setting.CLOCK_SKEW, Duration.ZERO, Duration.ofSeconds(60));
  }

  /** At most an hour: so long may a token that has been revoked go on. */
  public Duration cacheTime(Setting setting) {
    return texts.duration(setting, Duration.ZERO, Duration.ofHours(1));
  }

  public Duration staleWhileUnavailable(Duration cacheTtl) {
    Duration time = cacheTime(Setting.STALE_WHILE_UNAVAILABLE);
    if (!time.isZero() && cacheTtl.isZero()) {
      texts.mistake(
          Setting.STALE_WHILE_UNAVAILABLE, "set, and cache-ttl=0s keeps no answers; change one");
    }
    return time;
  }

  /** A plain path: nothing that two readers may take for two paths. */
  public @Nullable String evictionPath() {
    String path = texts.text(Setting.EVICTION_PATH);
    if (path != null && (!PLAIN_PATH.matcher(path).matches() || path.startsWith("/.well-known"))) {
      texts.mistake(
          Setting.EVICTION_PATH,
          "'" + path + "' is no plain path; write one like /gatehouse/evict");
    }
    return path;
  }

  /**
   * The hash of the secret, which is all that comparing needs; null if there is nothing to guard.
   */
  public @Nullable Reloadable<byte[]> evictionSecretHash() {
    boolean wanted = texts.isSet(Setting.EVICTION_PATH);
    boolean given =
        texts.isSet(Setting.EVICTION_SECRET) || texts.isSet(Setting.EVICTION_SECRET_FILE);
    if (wanted && !given) {
      texts.mistake(Setting.EVICTION_SECRET, "missing; set it, or eviction-secret-file");
    }
    if (given && !wanted) {
      texts.mistake(Setting.EVICTION_PATH, "missing; set it, or take the eviction-secret out");
    }
    Reloadable<byte[]> hash =
        texts.secret(
            Setting.EVICTION_SECRET,
            Setting.EVICTION_SECRET_FILE,
            Reloadable.fixed(new byte[0]),
            SettingsReader::hashOfEvictionSecret);
    return wanted ? hash : null;
  }

  private static byte[] hashOfEvictionSecret(String secret) {
    if (!EVICTION_SECRET.matcher(secret).matches()) {
      throw new IllegalArgumentException(
          "is not fit for a Bearer header, or easy to guess; write at least 32 of"
              + " A-Z a-z 0-9 -._~+/");
    }
    return TokenDigest.of(secret);
  }

  public int count(Setting setting) {
    return texts.count(setting, 1, 999_999);
  }

  /** Zero, too. */
  public int countOrNone(Setting setting, int most) {
    return texts.count(setting, 0, most);
  }

  /** One server from the plain settings, or several from those of {@code server.NAME.…}. */
  public List<ServerConnection> servers(@Nullable ReloadedTls tls) {
    List<String> names = texts.words(Setting.SERVERS);
    if (names.isEmpty()) {
      return List.of(server("the authorization server", texts, false, tls));
    }
    Arrays.stream(Setting.values())
        .filter(setting -> setting.isPerServer() && texts.isSet(setting))
        .forEach(
            setting ->
                texts.mistake(
                    setting, "servers is set, too; write server.NAME." + setting.kebabName()));
    return names.stream().map(name -> server(name, texts.ofServer(name), true, tls)).toList();
  }

  private static ServerConnection server(
      String name, RawSettings texts, boolean issuerNeeded, @Nullable ReloadedTls tls) {
    URI issuer = texts.uriWithoutQuery(Setting.ISSUER); // RFC 8414 §2
    List<URI> endpoints = texts.uris(Setting.INTROSPECTION_ENDPOINT);
    if (!texts.isSet(Setting.ISSUER)
        && (issuerNeeded || !texts.isSet(Setting.INTROSPECTION_ENDPOINT))) {
      texts.mistake(
          Setting.ISSUER,
          "missing; write the authorization server's issuer"
              + (issuerNeeded ? "" : ", or set introspection-endpoint"));
    }
    String issuerText = issuer == null ? null : texts.text(Setting.ISSUER);
    return new ServerConnection(
        new TrustedServer(
            name,
            issuerText,
            texts.text(Setting.TOKEN_PREFIX),
            texts.parse(
                Setting.AUDIENCE_ALTERNATIVE,
                new AudienceAlternative.Refused(),
                AudienceAlternative::parse)),
        endpoints,
        texts.uri(Setting.TOKEN_ENDPOINT),
        new ClientAuthenticationReader(texts, issuerText, tls).read());
  }

  /** Whether a token that does not say whose it is may be shown to every server in turn. */
  public boolean askInOrder() {
    return texts.parse(
        Setting.SERVER_SELECTION,
        false,
        text -> {
          if (text.equals("by-token") || text.equals("in-order")) {
            return text.equals("in-order");
          }
          throw new IllegalArgumentException("'" + text + "' is neither by-token nor in-order");
        });
  }

  public List<String> authorizationServers(List<ServerConnection> servers) {
    List<String> named = texts.words(Setting.AUTHORIZATION_SERVERS);
    named.forEach(server -> texts.uri(Setting.AUTHORIZATION_SERVERS, server));
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
    boolean forwards = texts.flag(Setting.FORWARD_AUTHORIZATION_SERVER_METADATA);
    if (forwards && servers.get(0).server().issuer() == null) {
      texts.mistake(
          Setting.FORWARD_AUTHORIZATION_SERVER_METADATA,
          "true, and there is no issuer whose metadata could be read; set issuer");
    }
    return forwards;
  }

  public Set<String> audience() {
    List<String> named = texts.words(Setting.AUDIENCE);
    return named.isEmpty() ? Set.of(resource()) : Set.copyOf(named);
  }

  public List<Set<String>> requiredScopes() {
    List<Set<String>> alternatives =
        texts.parse(
            Setting.REQUIRED_SCOPES,
            List.of(),
            text -> Arrays.stream(text.split("\\|", -1)).map(Scopes::parseNonEmpty).toList());
    alternatives.forEach(scopes -> refuseOfflineAccess(Setting.REQUIRED_SCOPES, scopes));
    return alternatives;
  }

  public Map<String, Set<String>> impliedScopes() {
    return texts.parse(Setting.SCOPE_IMPLIES, Map.of(), Scopes::parseImplications);
  }

  public Set<String> challengeScopes(List<Set<String>> required) {
    Set<String> named = advertisedScopes(Setting.CHALLENGE_SCOPES);
    return named.isEmpty() && !required.isEmpty() ? required.get(0) : named;
  }

  public Set<String> advertisedScopes(Setting setting) {
    Set<String> scopes = texts.parse(setting, Set.of(), Scopes::parse);
    refuseOfflineAccess(setting, scopes);
    return scopes;
  }

  /** MCP authorization: {@code offline_access} is for clients to ask for, not for us to demand. */
  private void refuseOfflineAccess(Setting setting, Set<String> scopes) {
    if (scopes.contains("offline_access")) {
      texts.mistake(setting, "offline_access does not belong there; take it out");
    }
  }

  /** A page for people, which nothing is sent to. */
  public @Nullable String page(Setting setting) {
    URI uri = texts.uri(setting);
    return uri == null ? null : uri.toString();
  }

  /** RFC 6454 §6.2: an origin is scheme, host and port, without a path. */
  public Set<String> allowedOrigins() {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin : texts.words(Setting.ALLOWED_ORIGINS)) {
      try {
        URI uri = ServerUri.parse(origin, true);
        origins.add(ServerUri.origin(uri));
        if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null) {
          texts.mistake(
              Setting.ALLOWED_ORIGINS,
              "'" + origin + "' has a path; write " + ServerUri.origin(uri));
        }
      } catch (IllegalArgumentException e) {
        texts.mistake(Setting.ALLOWED_ORIGINS, String.valueOf(e.getMessage()));
      }
    }
    if (origins.isEmpty() && resource != null) {
      origins.add(ServerUri.origin(resource));
    }
    return origins;
  }

  /** The JVM's own, unless stores are set. */
  public @Nullable ReloadedTls tls() {
    return new TlsReader(texts).read();
  }
}
