package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.jwt.IntrospectionJwtVerifier;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of one server's introspection responses, which are requested in this format and
 * accepted in no other: JSON (RFC 7662 §2.2), or JSON in a signed JWT (RFC 9701 §5). This class is
 * thread-safe.
 */
final class ResponseFormat {

  private static final String JSON = "application/json";

  private final TrustedServer server;
  private final int maxResponse;
  private final List<String> scopeClaims;
  private final @Nullable IntrospectionJwtVerifier signed;

  /**
   * Creates a format.
   *
   * @param maxResponse the largest usable response, in bytes
   * @param scopeClaims members whose values are scopes, too
   * @param signed verifies the responses; null if they are JSON
   */
  ResponseFormat(
      TrustedServer server,
      int maxResponse,
      List<String> scopeClaims,
      @Nullable IntrospectionJwtVerifier signed) {
    this.server = server;
    this.maxResponse = maxResponse;
    this.scopeClaims = scopeClaims;
    this.signed = signed;
  }

  /** The media type to request. */
  String mediaType() {
    return signed == null ? JSON : IntrospectionJwtVerifier.MEDIA_TYPE;
  }

  /** Whether unsigned responses are refused. */
  boolean requiresSignature() {
    return signed != null;
  }

  /** Reads a response with status 200; fetches keys by the deadline if necessary. */
  VerificationResult read(HTTPResponse response, BearerToken token, Deadline deadline) {
    if (signed == null ? !BoundedHttpClient.isJson(response) : !isSigned(response)) {
      return Unavailable.because(
          Reason.AS_ANSWER,
          signed == null
              ? "the content type of the response is not JSON"
              : "the content type of the response is not "
                  + IntrospectionJwtVerifier.MEDIA_TYPE
                  + ", which introspection-response=signed requires");
    }
    if (isLongerThan(maxResponse, response.getBody())) {
      return Unavailable.because(
          Reason.AS_ANSWER,
          "the response is larger than "
              + maxResponse
              + " bytes; make it smaller, or raise introspection-max-response");
    }
    return signed == null
        ? read(response.getBody(), token)
        : read(signed.verify(response.getBody(), deadline), token);
  }

  private static boolean isSigned(HTTPResponse response) {
    return BoundedHttpClient.hasType(response, IntrospectionJwtVerifier.MEDIA_TYPE);
  }

  private VerificationResult read(String body, BearerToken token) {
    try {
      return result(IntrospectionResponseReader.read(body, token, scopeClaims));
    } catch (UnusableResponseException e) {
      return Unavailable.because(Reason.AS_ANSWER, e.problem());
    }
  }

  private VerificationResult read(Attempt<JsonNode> verified, BearerToken token) {
    if (verified instanceof Attempt.Failed<JsonNode> failed) {
      return failed.cause();
    }
    try {
      return result(
          IntrospectionResponseReader.read(
              ((Attempt.Succeeded<JsonNode>) verified).value(), token, scopeClaims));
    } catch (UnusableResponseException e) {
      return Unavailable.because(Reason.AS_ANSWER, e.problem());
    }
  }

  private VerificationResult result(Optional<TokenClaims> claims) {
    return claims.isPresent()
        ? new VerificationResult.Active(claims.get(), server)
        : new VerificationResult.Inactive(Reason.INACTIVE, "the response has active=false");
  }

  /** Whether a text has more bytes of UTF-8 than this; usually decided by its length alone. */
  private static boolean isLongerThan(int bytes, String text) {
    int most = 3; // bytes of UTF-8 for one char of UTF-16
    return text.length() > bytes
        || ((long) most * text.length() > bytes
            && text.getBytes(StandardCharsets.UTF_8).length > bytes);
  }
}
