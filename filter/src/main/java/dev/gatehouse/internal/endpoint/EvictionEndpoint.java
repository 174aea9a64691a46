package dev.gatehouse.internal.endpoint;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.servlet.RequestCredentials;
import dev.gatehouse.internal.servlet.RequestPath;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.verify.ResultCache;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evicts cached results at the request of other programs, for example after a revocation. It exists
 * only if {@code eviction-path} is set.
 *
 * <pre>
 * POST /gatehouse/evict                                   204
 * Authorization: Bearer (the eviction-secret)
 *
 * token=mF_9.B5f-4.1JqM
 * </pre>
 *
 * <p>The form may also have the parameters {@code jti}, {@code sub}, {@code client_id} and {@code
 * all=true}, instead of {@code token} or beside it. {@code iss} limits all but the last to one
 * authorization server. This class is thread-safe.
 */
public final class EvictionEndpoint {

  private static final Logger log = LoggerFactory.getLogger(EvictionEndpoint.class);

  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final String FORM = "application/x-www-form-urlencoded";

  /** Minimum time between reads of the secret's file that requests with wrong secrets cause. */
  private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(1);

  private final String path;
  private final Reloadable<byte[]> secretHash;
  private final ResultCache cache;
  private final InstantSource clock;
  private Instant nextReload = Instant.MIN;

  /**
   * Creates the endpoint.
   *
   * @param path the path within the context
   * @param secretHash SHA-256 of the eviction secret
   */
  public EvictionEndpoint(
      String path, Reloadable<byte[]> secretHash, ResultCache cache, InstantSource clock) {
    this.path = path;
    this.secretHash = secretHash;
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * Responds to the request, if it is for this endpoint.
   *
   * @return false if it is not, and nothing was written
   */
  public boolean handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!path.equals(RequestPath.decoded(request))) {
      return false;
    }
    response.setHeader("Cache-Control", "no-store");
    int status = evict(request);
    if (status == HttpServletResponse.SC_UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Bearer"); // RFC 9110 §15.5.2
    } else if (status == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", "POST");
    }
    if (status != HttpServletResponse.SC_NO_CONTENT) {
      log.warn(
          "eviction refused: status={} peer={}", status, LogText.word(request.getRemoteAddr()));
    }
    response.setStatus(status);
    return true;
  }

  /** Returns the status of the response. */
  private int evict(HttpServletRequest request) throws IOException {
    if (!request.getMethod().equals("POST")) {
      return HttpServletResponse.SC_METHOD_NOT_ALLOWED;
    }
    if (!isAuthenticated(request)) {
      return HttpServletResponse.SC_UNAUTHORIZED;
    }
    String type = request.getHeader("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
      return HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE;
    }
    byte[] body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      return HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE;
    }
    return evict(URLUtils.parseParameters(new String(body, StandardCharsets.UTF_8)))
        ? HttpServletResponse.SC_NO_CONTENT
        : HttpServletResponse.SC_BAD_REQUEST;
  }

  private boolean isAuthenticated(HttpServletRequest request) {
    if (!(RequestCredentials.of(request) instanceof BearerToken credentials)) {
      return false;
    }
    byte[] hash = TokenDigest.of(credentials.value());
    if (matchesSecret(hash)) {
      secretHash.reload(); // so that a replaced secret is refused from now on
    } else {
      reloadAtIntervals(); // the file may have a new secret
    }
    return matchesSecret(hash);
  }

  /** Compares hashes in constant time, so timing reveals nothing about the secret. */
  private boolean matchesSecret(byte[] hash) {
    return MessageDigest.isEqual(secretHash.get(), hash);
  }

  /** Synchronized, so that concurrent requests wait for the new secret. */
  private synchronized void reloadAtIntervals() {
    Instant now = clock.instant();
    if (!now.isBefore(nextReload)) {
      secretHash.reload();
      nextReload = now.plus(RELOAD_INTERVAL);
    }
  }

  /** Returns false if the form names nothing to evict. */
  private boolean evict(Map<String, List<String>> form) {
    List<String> tokens = values(form, "token");
    List<String> tokenIds = values(form, "jti");
    List<String> users = values(form, "sub");
    List<String> clients = values(form, "client_id");
    boolean all = form.getOrDefault("all", List.of()).contains("true");
    List<String> issuers = values(form, "iss");
    if (issuers.size() > 1 || !issuers.stream().allMatch(cache::mayHaveIssuer)) {
      return false; // a mistake that must not look like an eviction
    }
    if (!all && Stream.of(tokens, tokenIds, users, clients).allMatch(List::isEmpty)) {
      return false;
    }
    String issuer = issuers.isEmpty() ? null : issuers.get(0);
    if (all) {
      cache.evictAll();
    }
    tokens.forEach(cache::evictToken);
    tokenIds.forEach(id -> cache.evictTokenId(issuer, id));
    users.forEach(user -> cache.evictUser(issuer, user));
    clients.forEach(client -> cache.evictClient(issuer, client));
    log.info(
        "evicted: all={} tokens={} users={} clients={}",
        all,
        tokens.size() + tokenIds.size(),
        users.size(),
        clients.size());
    return true;
  }

  /** Ignores empty values, for example of a template whose variable was not set. */
  private static List<String> values(Map<String, List<String>> form, String parameter) {
    return form.getOrDefault(parameter, List.of()).stream()
        .filter(value -> !value.isBlank())
        .toList();
  }
}
