package dev.gatehouse.internal.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.discovery.ServerMetadata;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Serves a copy of the authorization server's metadata, because clients of MCP revision 2025-03-26
 * look for it on the MCP server. Off by default. This class is thread-safe.
 */
public final class ForwardedServerMetadata {

  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** Maximum number of threads that wait for another's fetch, because callers need no token. */
  public static final int MAX_WAITING = 8;

  /** For how long they wait, from the start of the fetch: a healthy server takes less. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A metadata document and the time at which it was read. */
  private record Document(String json, Instant readAt) {}

  private final @Nullable ServerMetadata source;
  private final BoundedHttpClient http;
  private final RefusalWriter refusals;
  private final InstantSource clock;
  private final Semaphore permits = new Semaphore(MAX_WAITING);
  private final AtomicReference<@Nullable Document> latest = new AtomicReference<>();

  /** How long others wait for the fetch that is under way; null if there is none. */
  private final AtomicReference<@Nullable Deadline> fetch = new AtomicReference<>();

  /**
   * Creates the endpoint.
   *
   * @param source the metadata to forward, which remembers failures; null if forwarding is off
   * @param clock never set back
   */
  public ForwardedServerMetadata(
      @Nullable ServerMetadata source,
      BoundedHttpClient http,
      RefusalWriter refusals,
      InstantSource clock) {
    this.source = source;
    this.http = http;
    this.refusals = refusals;
    this.clock = clock;
  }

  /** Whether the metadata is served at this path within the context. */
  boolean isAt(String path) {
    return source != null && path.equals(ServerMetadata.OAUTH);
  }

  void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Document document = document();
    if (document == null) {
      refusals.write(
          Refusal.unavailable(
              Reason.AS_DISCOVERY,
              "the authorization server's metadata can't be read",
              VerificationResult.Unavailable.RETRY_AFTER),
          response);
      return;
    }
    byte[] bytes = document.json().getBytes(StandardCharsets.UTF_8);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "public, max-age=" + MAX_AGE.toSeconds());
    response.setContentLength(bytes.length);
    if (request.getMethod().equals("GET")) {
      response.getOutputStream().write(bytes);
    }
  }

  private boolean isFresh(Document document) {
    return clock.instant().isBefore(document.readAt().plus(MAX_AGE));
  }

  /** The latest document, even if it is old while the server is unavailable; null for none. */
  private @Nullable Document document() {
    Document cached = latest.get();
    if (source == null || (cached != null && isFresh(cached))) {
      return cached;
    }
    if (fetch.compareAndSet(null, Deadline.in(PATIENCE))) {
      try {
        return refreshed(source);
      } finally {
        fetch.set(null);
      }
    }
    Deadline underWay = fetch.get();
    if (cached != null || underWay == null || !permits.tryAcquire()) {
      return latest.get(); // an old one is better than a wait
    }
    try {
      return fetched(source, underWay);
    } finally {
      permits.release();
    }
  }

  private @Nullable Document refreshed(ServerMetadata metadata) {
    Document justFetched = latest.get();
    if (justFetched != null && isFresh(justFetched)) {
      return justFetched; // since our first look
    }
    metadata.invalidate();
    return fetched(metadata, http.deadline());
  }

  /** The fetched document; the latest one if none can be fetched by the deadline. */
  private @Nullable Document fetched(ServerMetadata metadata, Deadline deadline) {
    if (metadata.resolve(deadline) instanceof Attempt.Succeeded<JsonNode> found) {
      latest.set(new Document(found.value().toString(), clock.instant()));
    }
    return latest.get();
  }
}
