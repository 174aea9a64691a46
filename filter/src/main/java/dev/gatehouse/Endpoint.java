package dev.gatehouse;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of an authorization server: as the settings give it, or else as that server's
 * metadata names it (RFC 8414 §2).
 */
final class Endpoint {

  /** What looking has yielded. */
  sealed interface Outcome {}

  /** Here it is. */
  record Found(URI uri) implements Outcome {}

  /** It could not be found this time. */
  record Missing(Verdict.Unavailable verdict) implements Outcome {}

  private final String member;
  private final @Nullable Found given;
  private final ServerMetadata metadata;
  private final boolean insecureHttpAllowed;

  private Endpoint(
      String member, @Nullable URI given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    this.member = member;
    this.given = given == null ? null : new Found(given);
    this.metadata = metadata;
    this.insecureHttpAllowed = insecureHttpAllowed;
  }

  /** RFC 7662 §2: all that the settings give, or the one of the metadata. */
  static List<Endpoint> introspection(
      List<URI> given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return given.isEmpty()
        ? List.of(new Endpoint(ServerMetadata.INTROSPECTION_ENDPOINT, null, metadata, insecureHttpAllowed))
        : given.stream()
            .map(each -> new Endpoint(ServerMetadata.INTROSPECTION_ENDPOINT, each, metadata, insecureHttpAllowed))
            .toList();
  }

  /** RFC 6749 §3.2. */
  static Endpoint token(
      @Nullable URI given, ServerMetadata metadata, boolean insecureHttpAllowed) {
    return new Endpoint("token_endpoint", given, metadata, insecureHttpAllowed);
  }

  /** Its address as given, or what is to be discovered; for logs and meters. */
  @Override
  public String toString() {
    return given == null ? member : ServerUri.withoutQuery(given.uri());
  }

  /** The endpoint, for which the metadata may have to be fetched by then. */
  Outcome find(Deadline deadline) {
    if (given != null) {
      return given;
    }
    ServerMetadata.Outcome outcome = metadata.find(deadline);
    return outcome instanceof ServerMetadata.Found found
        ? in(found.json())
        : new Missing(((ServerMetadata.Missing) outcome).verdict());
  }

  private Outcome in(JsonNode json) {
    String text = json.path(member).textValue();
    if (text == null) {
      return missing("the metadata names no " + member + "; set it, if the server has one");
    }
    try {
      return new Found(ServerUri.parse(text, insecureHttpAllowed));
    } catch (IllegalArgumentException e) {
      return missing("the metadata's " + member + ": " + e.getMessage());
    }
  }

  /** The metadata may be mended meanwhile, so it is read again next time. */
  private Missing missing(String detail) {
    metadata.forget();
    return new Missing(Verdict.Unavailable.because(Reason.AS_DISCOVERY, detail));
  }

  /** Nothing is there any more: look again next time. */
  void forget() {
    if (given == null) {
      metadata.forget();
    }
  }
}
