package dev.gatehouse.internal.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Denies tokens that have been evicted, although they would verify again: a server whose tokens are
 * verified locally is not asked whether it has revoked one.
 *
 * <p>A token is denied until it expires. Tokens of a user or client are denied if they were issued
 * until the eviction, or do not tell when. Nothing is ever forgotten before its time: when the list
 * is full, the oldest entry becomes the time until which all tokens of its server are denied. This
 * class is thread-safe.
 */
public final class DenyList {

  /** About ten megabytes. */
  static final int MAX_ENTRIES = 50_000;

  /** Expired entries are searched for at most once in so many seconds. */
  private static final long PURGE_INTERVAL = 60;

  /** A token that does not tell when it was issued. */
  private static final long UNKNOWN = Long.MIN_VALUE;

  private enum Kind {
    ID,
    USER,
    CLIENT
  }

  /**
   * What is denied beside single tokens.
   *
   * @param hash of the name, which may be long
   */
  private record Target(Kind kind, TrustedServer server, String hash) {}

  /**
   * An entry.
   *
   * @param issuedUntil the latest time of issue of its tokens, in seconds since 1970
   * @param neededUntil when the last of its tokens expires, in seconds since 1970
   */
  private record Entry(long issuedUntil, long neededUntil) {}

  private final List<TrustedServer> servers;
  private final InstantSource clock;
  private final int max;

  /** By {@link TokenKey} or {@link Target}, the oldest first; guarded by this. */
  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  /** Until when all tokens of a server were issued that are denied; guarded by this. */
  private final Map<TrustedServer, Long> allUntil = new HashMap<>();

  private long nextPurge = Long.MIN_VALUE;

  /** Most filters never evict anything. */
  private volatile boolean used;

  /**
   * Creates an empty list.
   *
   * @param servers those whose tokens are verified locally; each has an issuer
   */
  public DenyList(List<TrustedServer> servers, InstantSource clock) {
    this(servers, clock, MAX_ENTRIES);
  }

  /** With another size, for tests. */
  DenyList(List<TrustedServer> servers, InstantSource clock, int max) {
    this.servers = List.copyOf(servers);
    this.clock = clock;
    this.max = max;
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /** Denies one token. One that is no JWT of these servers would not verify anyway. */
  void addToken(String token, byte[] hash) {
    JsonNode payload = servers.isEmpty() ? null : UnverifiedPayload.of(token);
    if (payload == null) {
      return;
    }
    String issuer = payload.path("iss").textValue();
    long end = payload.path("exp").asLong(TokenClaims.NEVER);
    long issuedAt = Math.max(now(), payload.path("iat").asLong(0));
    servers.stream()
        .filter(server -> server.issuer() != null && server.issuer().equals(issuer))
        .forEach(server -> add(TokenKey.of(hash, server), new Entry(issuedAt, end)));
  }

  /**
   * Denies a verified token that is covered by an eviction of others, if the server's clock is so
   * far ahead that it seems to have been issued after that.
   */
  void addIfIssuedLater(TokenKey key, VerificationResult.Active token) {
    long issuedAt = issuedAt(token.claims());
    if (issuedAt > now() && servers.contains(token.server())) {
      add(key, new Entry(issuedAt, token.claims().endsAt()));
    }
  }

  void addId(@Nullable String issuer, String tokenId) {
    add(Kind.ID, issuer, tokenId);
  }

  void addUser(@Nullable String issuer, String userId) {
    add(Kind.USER, issuer, userId);
  }

  void addClient(@Nullable String issuer, String clientId) {
    add(Kind.CLIENT, issuer, clientId);
  }

  private void add(Kind kind, @Nullable String issuer, String name) {
    Entry entry = new Entry(now(), TokenClaims.NEVER);
    servers.stream()
        .filter(server -> issuer == null || issuer.equals(server.issuer()))
        .forEach(server -> add(new Target(kind, server, hash(name)), entry));
  }

  /** Denies all tokens that have been issued until now. */
  synchronized void addAll() {
    long now = now();
    servers.forEach(server -> denyAll(server, now));
  }

  private void denyAll(TrustedServer server, long issuedUntil) {
    allUntil.merge(server, issuedUntil, Math::max);
    used = true;
  }

  private synchronized void add(Object key, Entry entry) {
    entries.remove(key); // so that the new one is the youngest
    if (entries.size() >= max) {
      purge();
    }
    if (entries.size() >= max) {
      Iterator<Map.Entry<Object, Entry>> oldest = entries.entrySet().iterator();
      Map.Entry<Object, Entry> dropped = oldest.next();
      denyAll(serverOf(dropped.getKey()), dropped.getValue().issuedUntil());
      oldest.remove();
    }
    entries.put(key, entry);
    used = true;
  }

  private static TrustedServer serverOf(Object key) {
    return key instanceof TokenKey token ? token.server() : ((Target) key).server();
  }

  private void purge() {
    long now = now();
    if (now >= nextPurge) {
      nextPurge = now + PURGE_INTERVAL;
      entries.values().removeIf(entry -> entry.neededUntil() <= now);
    }
  }

  /** Returns the result, or an inactive one if the list denies the token. */
  VerificationResult check(TokenKey key, VerificationResult result) {
    return used && result instanceof VerificationResult.Active token && denies(key, token)
        ? new VerificationResult.Inactive(
            Reason.EVICTED, "the token, its user, its client or all tokens have been evicted")
        : result;
  }

  private synchronized boolean denies(TokenKey key, VerificationResult.Active token) {
    TokenClaims claims = token.claims();
    TrustedServer server = token.server();
    long issuedAt = issuedAt(claims);
    Long all = allUntil.get(server);
    return (all != null && issuedAt <= all)
        || entries.containsKey(key)
        || find(Kind.ID, server, tokenId(claims)) != null
        || isUntil(issuedAt, find(Kind.USER, server, claims.subject()))
        || isUntil(issuedAt, find(Kind.CLIENT, server, claims.clientId()));
  }

  private static boolean isUntil(long issuedAt, @Nullable Entry entry) {
    return entry != null && issuedAt <= entry.issuedUntil();
  }

  private @Nullable Entry find(Kind kind, TrustedServer server, @Nullable String name) {
    return name == null ? null : entries.get(new Target(kind, server, hash(name)));
  }

  /** {@code jti} (RFC 7519 §4.1.7). */
  static @Nullable String tokenId(TokenClaims claims) {
    return claims.claims().get("jti") instanceof String id ? id : null;
  }

  /** {@code iat} (RFC 7519 §4.1.6); a fraction is cut off. */
  private static long issuedAt(TokenClaims claims) {
    return claims.claims().get("iat") instanceof Number seconds
        ? (long) Math.floor(seconds.doubleValue())
        : UNKNOWN;
  }

  private static String hash(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8); // the digest supports only Latin-1
    return Base64.getEncoder()
        .encodeToString(TokenDigest.of(new String(utf8, StandardCharsets.ISO_8859_1)));
  }

  /** How many entries there are; expired ones count until they are removed. */
  public synchronized int size() {
    return entries.size();
  }
}
