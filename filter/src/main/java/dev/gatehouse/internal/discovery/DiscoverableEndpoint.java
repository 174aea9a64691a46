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
 * An endpoint of an authorization server: as the settings give it, or else as that server's
 * metadata names it (RFC 8414 §2).
 */
public final class DiscoverableEndpoint {

  private final String member;
  private final @Nullable URI given;
  private final ServerMetadata metadata;
  private final boolean insecureHttpAllowed;

  private DiscoverableEndpoint(
      String member, @Nullable URI given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    this.member = member;
    this.given = given;
    this.metadata = metadata;
    this.insecureHttpAllowed = insecureHttpAllowed;
  }

  /** RFC 7662 §2: all that the settings give, or the one of the metadata. */
  public static List<DiscoverableEndpoint> introspection(
      List<URI> given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return given.isEmpty()
        ? List.of(
            new DiscoverableEndpoint(
                ServerMetadata.INTROSPECTION_ENDPOINT, null, metadata, insecureHttpAllowed))
        : given.stream()
            .map(
                each ->
                    new DiscoverableEndpoint(
                        ServerMetadata.INTROSPECTION_ENDPOINT, each, metadata, insecureHttpAllowed))
            .toList();
  }

  /** RFC 6749 §3.2. */
  public static DiscoverableEndpoint token(
      @Nullable URI given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return new DiscoverableEndpoint("token_endpoint", given, metadata, insecureHttpAllowed);
  }

  /** Its address as given, or what is to be discovered; for logs and meters. */
  @Override
  public String toString() {
    return given == null ? member : ServerUri.withoutQuery(given);
  }

  /** The endpoint, for which the metadata may have to be fetched by then. */
  public Attempt<URI> resolve(Deadline deadline) {
    if (given != null) {
      return new Attempt.Succeeded<>(given);
    }
    Attempt<JsonNode> document = metadata.resolve(deadline);
    return document instanceof Attempt.Succeeded<JsonNode> found
        ? in(found.value())
        : ((Attempt.Failed<JsonNode>) document).as();
  }

  private Attempt<URI> in(JsonNode json) {
    String text = json.path(member).textValue();
    if (text == null) {
      return missing("the metadata names no " + member + "; set it, if the server has one");
    }
    try {
      return new Attempt.Succeeded<>(ServerUri.parse(text, insecureHttpAllowed));
    } catch (IllegalArgumentException e) {
      return missing("the metadata's " + member + ": " + e.getMessage());
    }
  }

  /** The metadata may be mended meanwhile, so it is read again next time. */
  private Attempt<URI> missing(String detail) {
    metadata.invalidate();
    return Attempt.failed(Reason.AS_DISCOVERY, detail);
  }

  /** Nothing is there any more: look again next time. */
  public void invalidate() {
    if (given == null) {
      metadata.invalidate();
    }
  }
}
