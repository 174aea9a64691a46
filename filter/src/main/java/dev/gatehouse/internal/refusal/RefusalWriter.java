package dev.gatehouse.internal.refusal;

import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Refusal.Needed;
import dev.gatehouse.internal.token.Scheme;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
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

  /** By scheme, in the order of the response; Bearer first, for clients that know only that. */
  private final Map<Scheme, Challenge> challenges = new EnumMap<>(Scheme.class);

  private final AcceptedSchemes schemes;
  private final List<String> protocolVersions;

  /**
   * The challenges that are the same for every request that uses the scheme; others name what their
   * request needs.
   */
  private final Map<Scheme, Map<ErrorResponse, List<String>>> prepared =
      new EnumMap<>(Scheme.class);

  /**
   * Creates a writer where only Bearer is accepted.
   *
   * @param metadataUrl the URL of the protected resource metadata, for {@code resource_metadata}
   * @param challengeScopes the {@code scope} parameter of a 401; omitted if empty
   * @param protocolVersions the supported versions of MCP, the newest one last
   */
  public RefusalWriter(
      String metadataUrl, Set<String> challengeScopes, Collection<String> protocolVersions) {
    this(metadataUrl, challengeScopes, protocolVersions, AcceptedSchemes.BEARER);
  }

  /**
   * Creates a writer.
   *
   * @param metadataUrl the URL of the protected resource metadata, for {@code resource_metadata}
   * @param challengeScopes the {@code scope} parameter of a 401; omitted if empty
   * @param protocolVersions the supported versions of MCP, the newest one last
   */
  public RefusalWriter(
      String metadataUrl,
      Set<String> challengeScopes,
      Collection<String> protocolVersions,
      AcceptedSchemes schemes) {
    this.schemes = schemes;
    this.protocolVersions = List.copyOf(protocolVersions);
    for (Scheme scheme : schemes.inOrder()) {
      List<String> algorithms = scheme == Scheme.DPOP ? schemes.dpopAlgorithms() : List.of();
      challenges.put(scheme, new Challenge(scheme, metadataUrl, algorithms));
    }
    for (Scheme used : Scheme.values()) {
      Map<ErrorResponse, List<String>> ofScheme = new EnumMap<>(ErrorResponse.class);
      for (ErrorResponse error : ErrorResponse.values()) {
        if (error.hasChallenge() && !namesNeeds(error)) {
          ofScheme.put(error, challenges(error, Needed.scopes(challengeScopes), used));
        }
      }
      prepared.put(used, ofScheme);
    }
  }

  /** Whether the challenge depends on what the request needs. */
  private static boolean namesNeeds(ErrorResponse error) {
    return error == ErrorResponse.INSUFFICIENT_SCOPE
        || error == ErrorResponse.INSUFFICIENT_AUTHENTICATION;
  }

  /**
   * One challenge for each scheme, of which only that of the request's scheme has the error. If the
   * client has authenticated, or only lacks a nonce, it need not know the other scheme; some
   * clients understand {@code use_dpop_nonce} only as the only challenge.
   */
  private List<String> challenges(ErrorResponse error, Needed needed, Scheme used) {
    if (namesNeeds(error) || error == ErrorResponse.USE_DPOP_NONCE || challenges.size() == 1) {
      return List.of(challenge(error, needed, used));
    }
    List<String> all = new ArrayList<>();
    challenges.forEach(
        (scheme, challenge) ->
            all.add(challenge.of(scheme == used ? error : ErrorResponse.UNAUTHENTICATED, needed)));
    return all;
  }

  /** The challenge for the request's scheme, or for the only one that is accepted. */
  private String challenge(ErrorResponse error, Needed needed, Scheme used) {
    Challenge challenge = challenges.get(used);
    return (challenge == null ? challenges.values().iterator().next() : challenge)
        .of(error, needed);
  }

  /**
   * Returns the challenge to a call that needs these scopes, for responses without a header.
   *
   * @param used with which the request has authenticated
   */
  public String scopeChallenge(Set<String> needed, Scheme used) {
    return challenge(ErrorResponse.INSUFFICIENT_SCOPE, Needed.scopes(needed), used);
  }

  /** Writes the response to a refused request that did not use DPoP. */
  public void write(Refusal refusal, HttpServletResponse response) throws IOException {
    write(refusal, Scheme.BEARER, response);
  }

  /**
   * Writes the response to a refused request.
   *
   * @param used the scheme of its credentials
   */
  public void write(Refusal refusal, Scheme used, HttpServletResponse response) throws IOException {
    ErrorResponse error = ErrorResponse.to(refusal.reason());
    if (refusal.mcp().toolResult()) {
      Needed needed = refusal.needed();
      write(
          ErrorResponse.status(refusal),
          ErrorBody.toolResult(
              refusal.requestId(), error, challenge(error, needed, used), needed.scopes()),
          response);
      return;
    }
    if (error.hasChallenge()) {
      writeChallenges(error, refusal.needed(), used, response);
    }
    if (error == ErrorResponse.METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", OriginPolicy.METHODS); // RFC 9110 §15.5.6
    }
    if (!refusal.retryAfter().isZero()) {
      response.setHeader("Retry-After", Long.toString(wholeSeconds(refusal.retryAfter())));
    }
    write(error.status(), ErrorBody.of(error, refusal.mcp(), protocolVersions), response);
  }

  private void writeChallenges(
      ErrorResponse error, Needed needed, Scheme used, HttpServletResponse response) {
    List<String> values =
        namesNeeds(error)
            ? challenges(error, needed, used)
            : prepared.getOrDefault(used, Map.of()).getOrDefault(error, List.of());
    response.setHeader("WWW-Authenticate", values.get(0));
    for (String further : values.subList(1, values.size())) {
      response.addHeader("WWW-Authenticate", further);
    }
    String nonce = error == ErrorResponse.USE_DPOP_NONCE ? schemes.nonce().get() : null;
    if (nonce != null) {
      response.setHeader("DPoP-Nonce", nonce); // RFC 9449 §9
    }
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
