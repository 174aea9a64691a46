package dev.gatehouse.internal.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of an authorization server, from the settings or else from the metadata of the server
 * (RFC 8414 §2). This class is thread-safe.
 */
public final class DiscoverableEndpoint {

  private final String member;
  private final @Nullable URI configured;
  private final ServerMetadata metadata;
  private final boolean insecureHttpAllowed;

  private DiscoverableEndpoint(
      String member,
      @Nullable URI configured,
      ServerMetadata metadata,
      boolean insecureHttpAllowed) {
    this.member = member;
    this.configured = configured;
    this.metadata = metadata;
    this.insecureHttpAllowed = insecureHttpAllowed;
  }

  /** Introspection endpoints (RFC 7662 §2): those of the settings, or the one of the metadata. */
  public static List<DiscoverableEndpoint> introspection(
      List<URI> configured, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return configured.isEmpty()
        ? List.of(
            new DiscoverableEndpoint(
                ServerMetadata.INTROSPECTION_ENDPOINT, null, metadata, insecureHttpAllowed))
        : configured.stream()
            .map(
                each ->
                    new DiscoverableEndpoint(
                        ServerMetadata.INTROSPECTION_ENDPOINT, each, metadata, insecureHttpAllowed))
            .toList();
  }

  /** The token endpoint (RFC 6749 §3.2). */
  public static DiscoverableEndpoint token(
      @Nullable URI configured, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return new DiscoverableEndpoint("token_endpoint", configured, metadata, insecureHttpAllowed);
  }

  /** The address of the server's keys (RFC 7517 §5, RFC 8414 §2). */
  public static DiscoverableEndpoint jwks(
      @Nullable URI configured, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return new DiscoverableEndpoint(
        ServerMetadata.JWKS_URI, configured, metadata, insecureHttpAllowed);
  }

  /** The configured URI without its query, or the metadata member: for logs and meters. */
  @Override
  public String toString() {
    return configured == null ? member : ServerUri.withoutQuery(configured);
  }

  /** The URI of the endpoint; fetches the metadata by the deadline if necessary. */
  public Attempt<URI> resolve(Deadline deadline) {
    if (configured != null) {
      return new Attempt.Succeeded<>(configured);
    }
    Attempt<JsonNode> document = metadata.resolve(deadline);
    return document instanceof Attempt.Succeeded<JsonNode> found
        ? member(found.value())
        : ((Attempt.Failed<JsonNode>) document).as();
  }

  private Attempt<URI> member(JsonNode json) {
    String text = json.path(member).textValue();
    if (text == null) {
      return missing("the metadata has no " + member + "; set it if the server has one");
    }
    try {
      return new Attempt.Succeeded<>(ServerUri.parse(text, insecureHttpAllowed));
    } catch (IllegalArgumentException e) {
      return missing("the metadata's " + member + ": " + e.getMessage());
    }
  }

  /** Fetches the metadata again next time, because it may be corrected by then. */
  private Attempt<URI> missing(String detail) {
    metadata.invalidate();
    return Attempt.failed(Reason.AS_DISCOVERY, detail);
  }

  /** Forgets that the metadata could not be fetched, so that the next use fetches it anew. */
  public void forgetFailure() {
    metadata.forgetFailure();
  }

  /** Fetches the metadata again next time, after the endpoint responded with 404. */
  public void invalidate() {
    if (configured == null) {
      metadata.invalidate();
    }
  }
}
