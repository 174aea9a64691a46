package dev.gatehouse;

import dev.gatehouse.Decision.Refuse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/** The only place that writes 4xx and 503. Nothing of what it writes depends on the reason. */
final class RefusalWriter {

  private final Challenge challenge;
  private final Set<String> challengeScopes;

  RefusalWriter(Settings settings) {
    this.challenge = new Challenge(ProtectedResourceMetadata.url(settings.resource));
    this.challengeScopes = settings.challengeScopes;
  }

  /** Answers a request that the gate has refused. */
  void write(Refuse refusal, HttpServletResponse response) throws IOException {
    Answer answer = refusal.reason().answer();
    if (answer.challenges()) {
      Collection<String> scopes =
          answer == Answer.INSUFFICIENT_SCOPE ? refusal.neededScopes() : challengeScopes;
      response.setHeader("WWW-Authenticate", challenge.of(answer, scopes));
    }
    if (answer == Answer.METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", OriginPolicy.METHODS); // RFC 9110 §15.5.6
    }
    if (!refusal.retryAfter().isZero()) {
      response.setHeader("Retry-After", Long.toString(wholeSeconds(refusal.retryAfter())));
    }
    write(answer, response);
  }

  /** Answers with a status and its fixed body. */
  void write(Answer answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    byte[] body = answer.body();
    response.setContentLength(body.length);
    try {
      response.getOutputStream().write(body);
    } catch (IllegalStateException e) {
      // A page that includes us has begun with the writer; Tomcat then refuses the stream.
      response.getWriter().print(new String(body, StandardCharsets.US_ASCII));
    }
  }

  /** RFC 9110 §10.2.3: whole seconds; rounded up, for coming early is of no use. */
  private static long wholeSeconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
