package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The only place that writes 4xx and 503. Nothing of what it writes depends on the reason. */
public final class RefusalWriter {

  private final Challenge challenge;

  /** Those that are the same for every call; a 403 names what its call needs. */
  private final Map<ErrorResponse, String> challenges = new EnumMap<>(ErrorResponse.class);

  private final Map<ErrorResponse, byte[]> bodies = new EnumMap<>(ErrorResponse.class);

  /**
   * Creates a writer.
   *
   * @param metadataUrl of the protected resource metadata, for {@code resource_metadata}
   * @param challengeScopes the scopes that a 401 requests
   */
  public RefusalWriter(String metadataUrl, Set<String> challengeScopes) {
    this.challenge = new Challenge(metadataUrl);
    for (ErrorResponse answer : ErrorResponse.values()) {
      bodies.put(answer, answer.body().getBytes(StandardCharsets.US_ASCII));
      if (answer.challenges() && answer != ErrorResponse.INSUFFICIENT_SCOPE) {
        challenges.put(answer, challenge.of(answer, challengeScopes));
      }
    }
  }

  /** Answers a request that the gate has refused. */
  public void write(Refusal refusal, HttpServletResponse response) throws IOException {
    ErrorResponse answer = ErrorResponse.to(refusal.reason());
    if (answer.challenges()) {
      String ready = challenges.get(answer);
      response.setHeader(
          "WWW-Authenticate", ready != null ? ready : challenge.of(answer, refusal.neededScopes()));
    }
    if (answer == ErrorResponse.METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", OriginPolicy.METHODS); // RFC 9110 §15.5.6
    }
    if (!refusal.retryAfter().isZero()) {
      response.setHeader("Retry-After", Long.toString(wholeSeconds(refusal.retryAfter())));
    }
    write(answer, response);
  }

  /** Answers with a status and its fixed body. */
  public void write(ErrorResponse answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    byte[] body = Objects.requireNonNull(bodies.get(answer));
    response.setContentLength(body.length);
    try {
      response.getOutputStream().write(body);
    } catch (IllegalStateException e) {
      // A page that includes us has begun with the writer; Tomcat then refuses the stream.
      response.getWriter().print(answer.body());
    }
  }

  /** RFC 9110 §10.2.3: whole seconds; rounded up, for coming early is of no use. */
  private static long wholeSeconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
