package dev.gatehouse.internal.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.VerificationResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The authorization server's metadata, served here too: clients of the 2025-03-26 revision of MCP
 * look for it on the MCP server itself. Off unless configured.
 */
public final class ForwardedServerMetadata {

  private static final Duration FRESH = Duration.ofMinutes(5);

  /** So many threads may wait for the server here at once: these callers need not show a token. */
  public static final int MAX_WAITING = 8;

  /** A document and when it was read. */
  private record Document(String json, long readAtNanos) {
    boolean isFresh() {
      return System.nanoTime() - readAtNanos < FRESH.toNanos();
    }
  }

  private final @Nullable ServerMetadata source;
  private final BoundedHttpClient http;
  private final RefusalWriter refusals;
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final AtomicReference<@Nullable Document> latest = new AtomicReference<>();

  /**
   * Creates the responder.
   *
   * @param source the metadata to forward; null to forward none
   */
  public ForwardedServerMetadata(
      @Nullable ServerMetadata source, BoundedHttpClient http, RefusalWriter refusals) {
    this.source = source;
    this.http = http;
    this.refusals = refusals;
  }

  /** Whether it is served, and at this path within the context. */
  boolean isAt(String path) {
    return source != null && path.equals(ServerMetadata.OAUTH);
  }

  void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Document document = document();
    if (document == null) {
      refusals.write(
          Refusal.unavailable(
              Reason.AS_DISCOVERY,
              "its metadata can't be read",
              VerificationResult.Unavailable.RETRY_AFTER),
          response);
      return;
    }
    byte[] bytes = document.json().getBytes(StandardCharsets.UTF_8);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "public, max-age=" + FRESH.toSeconds());
    response.setContentLength(bytes.length);
    if (request.getMethod().equals("GET")) {
      response.getOutputStream().write(bytes);
    }
  }

  /** The latest there is: an old one is better than none while the server is down. */
  private @Nullable Document document() {
    Document known = latest.get();
    if (source == null || (known != null && known.isFresh())) {
      return known;
    }
    if (!places.tryAcquire()) {
      return known;
    }
    try {
      source.invalidate();
      if (source.resolve(http.deadline()) instanceof Attempt.Succeeded<JsonNode> found) {
        known = new Document(found.value().toString(), System.nanoTime());
        latest.set(known);
      }
      return known;
    } finally {
      places.release();
    }
  }
}
