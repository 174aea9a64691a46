package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Refusal.Needed;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the error responses to refused requests. Their texts are fixed, so they never reveal why a
 * token was refused. This class is thread-safe.
 */
public final class RefusalWriter {

  private final Challenge challenge;
  private final List<String> protocolVersions;

  /** Challenges that are the same for every request; others name what their request needs. */
  private final Map<ErrorResponse, String> challenges = new EnumMap<>(ErrorResponse.class);

  /**
   * Creates a writer.
   *
   * @param metadataUrl the URL of the protected resource metadata, for {@code resource_metadata}
   * @param challengeScopes the {@code scope} parameter of a 401; omitted if empty
   * @param protocolVersions the supported versions of MCP, the newest one last
   */
  public RefusalWriter(
      String metadataUrl, Set<String> challengeScopes, Collection<String> protocolVersions) {
    this.challenge = new Challenge(metadataUrl);
    this.protocolVersions = List.copyOf(protocolVersions);
    for (ErrorResponse error : ErrorResponse.values()) {
      if (error.hasChallenge() && !namesNeeds(error)) {
        challenges.put(error, challenge.of(error, Needed.scopes(challengeScopes)));
      }
    }
  }

  /** Whether the challenge depends on what the request needs. */
  private static boolean namesNeeds(ErrorResponse error) {
    return error == ErrorResponse.INSUFFICIENT_SCOPE
        || error == ErrorResponse.INSUFFICIENT_AUTHENTICATION;
  }

  /** Returns the challenge to a call that needs these scopes, for responses without a header. */
  public String scopeChallenge(Set<String> needed) {
    return challenge.of(ErrorResponse.INSUFFICIENT_SCOPE, Needed.scopes(needed));
  }

  /** Writes the response to a refused request. */
  public void write(Refusal refusal, HttpServletResponse response) throws IOException {
    ErrorResponse error = ErrorResponse.to(refusal.reason());
    if (refusal.mcp().toolResult()) {
      Needed needed = refusal.needed();
      write(
          ErrorResponse.status(refusal),
          ErrorBody.toolResult(
              refusal.requestId(), error, challenge.of(error, needed), needed.scopes()),
          response);
      return;
    }
    if (error.hasChallenge()) {
      String prepared = challenges.get(error);
      response.setHeader(
          "WWW-Authenticate", prepared != null ? prepared : challenge.of(error, refusal.needed()));
    }
    if (error == ErrorResponse.METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", OriginPolicy.METHODS); // RFC 9110 §15.5.6
    }
    if (!refusal.retryAfter().isZero()) {
      response.setHeader("Retry-After", Long.toString(wholeSeconds(refusal.retryAfter())));
    }
    write(error.status(), ErrorBody.of(error, refusal.mcp(), protocolVersions), response);
  }

  /** Writes a status and its fixed body. */
  public static void write(ErrorResponse error, HttpServletResponse response) throws IOException {
    write(error.status(), ErrorBody.of(error, null, List.of()), response);
  }

  private static void write(int status, String text, HttpServletResponse response)
      throws IOException {
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("application/json");
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    try {
      response.getOutputStream().write(body);
    } catch (IllegalStateException e) {
      // An including servlet has already called getWriter, so Tomcat refuses the stream.
      response.getWriter().print(text);
    }
  }

  /** RFC 9110 §10.2.3: whole seconds, rounded up so that clients don't retry too early. */
  private static long wholeSeconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
