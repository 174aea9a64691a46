package dev.gatehouse.internal.endpoint;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.servlet.RequestCredentials;
import dev.gatehouse.internal.servlet.RequestPath;
import dev.gatehouse.internal.token.BearerToken;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes word of revocations from outside, off unless {@code eviction-path} is set:
 *
 * <pre>
 * POST /gatehouse/evict                                   204
 * Authorization: Bearer (the eviction-secret)
 *
 * token=mF_9.B5f-4.1JqM
 * </pre>
 *
 * <p>In place of {@code token}, or beside it, come {@code sub}, {@code client_id} or {@code
 * all=true}.
 */
public final class EvictionEndpoint {

  private static final Logger log = LoggerFactory.getLogger(EvictionEndpoint.class);

  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final String FORM = "application/x-www-form-urlencoded";

  /** So often at most can those who don't know the secret make us look for a new one. */
  private static final Duration STRANGERS_INTERVAL = Duration.ofSeconds(1);

  private final String path;
  private final Reloadable<byte[]> secretHash;
  private final ResultCache cache;
  private final InstantSource clock;
  private Instant nextLookForStrangers = Instant.MIN;

  /**
   * Creates the endpoint.
   *
   * @param path within the context
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
   * Answers, if it is asked.
   *
   * @return false if the request is about something else
   */
  public boolean handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!path.equals(RequestPath.decoded(request))) {
      return false;
    }
    response.setHeader("Cache-Control", "no-store");
    int status = handle(request);
    if (status == HttpServletResponse.SC_UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Bearer"); // RFC 9110 §15.5.2
    } else if (status == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", "POST");
    }
    if (status != HttpServletResponse.SC_NO_CONTENT) {
      log.warn("eviction refused: status={} peer={}", status, request.getRemoteAddr());
    }
    response.setStatus(status);
    return true;
  }

  private int handle(HttpServletRequest request) throws IOException {
    if (!request.getMethod().equals("POST")) {
      return HttpServletResponse.SC_METHOD_NOT_ALLOWED;
    }
    if (!isAuthenticated(request)) {
      return HttpServletResponse.SC_UNAUTHORIZED;
    }
    String type = request.getContentType();
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
    if (!(RequestCredentials.of(request) instanceof BearerToken present)) {
      return false;
    }
    byte[] shown = TokenDigest.of(present.value());
    if (isTheSecret(shown)) {
      secretHash.reload(); // one that has been replaced opens nothing any more, not even once
    } else {
      lookForStranger(); // it may be a new one
    }
    return isTheSecret(shown);
  }

  /** Compares hashes, which tell nothing of the secret by the time that it takes. */
  private boolean isTheSecret(byte[] shownHash) {
    return MessageDigest.isEqual(secretHash.get(), shownHash);
  }

  /** Those who come meanwhile wait for what the look finds. */
  private synchronized void lookForStranger() {
    Instant now = clock.instant();
    if (!now.isBefore(nextLookForStrangers)) {
      secretHash.reload();
      nextLookForStrangers = now.plus(STRANGERS_INTERVAL);
    }
  }

  /** Whether there was anything to evict. */
  private boolean evict(Map<String, List<String>> form) {
    List<String> tokens = named(form, "token");
    List<String> users = named(form, "sub");
    List<String> clients = named(form, "client_id");
    boolean all = form.getOrDefault("all", List.of()).contains("true");
    if (all) {
      cache.evictAll();
    }
    tokens.forEach(cache::evictToken);
    users.forEach(cache::evictUser);
    clients.forEach(cache::evictClient);
    log.info(
        "evicted: all={} tokens={} users={} clients={}",
        all,
        tokens.size(),
        users.size(),
        clients.size());
    return all || !tokens.isEmpty() || !users.isEmpty() || !clients.isEmpty();
  }

  /** What is there and empty, as of a template whose variable was not set, names nothing. */
  private static List<String> named(Map<String, List<String>> form, String parameter) {
    return form.getOrDefault(parameter, List.of()).stream()
        .filter(value -> !value.isBlank())
        .toList();
  }
}
