package dev.gatehouse.authorizationserver.internal.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** What was received of a request's body, up to a limit, before the request is handled. */
public final class BoundedBody {
  /** Far more than any request needs; the longest parts are signed assertions. */
  static final int LONGEST = 64 * 1024;

  private static final String ATTRIBUTE = BoundedBody.class.getName();

  /** How receiving ended. */
  enum End {
    /** The whole body was received, though what exceeds the limit was discarded. */
    COMPLETE,
    /** The body was not read: the endpoint needs none, or it is far too large. */
    UNREAD,
    /** The deadline passed. */
    TOO_SLOW,
    /** The connection failed, or what arrived is not HTTP. */
    BROKEN,
    /** Too many threads wait for bodies. */
    BUSY
  }

  private final byte[] content;
  private final End end;

  BoundedBody(byte[] content, End end) {
    this.content = content;
    this.end = end;
  }

  static BoundedBody without(End end) {
    return new BoundedBody(new byte[0], end);
  }

  /** Returns the body, empty when it is too large. */
  static Optional<String> read(HttpServletRequest request) {
    return read(request, LONGEST);
  }

  /**
   * Returns the body, which was received before the request was handled.
   *
   * @param longest in bytes, at most {@value #LONGEST}
   * @return empty when the body is longer
   * @throws IllegalStateException when the endpoint does not declare that it reads bodies
   */
  public static Optional<String> read(HttpServletRequest request, int longest) {
    BoundedBody body =
        of(request).orElseThrow(() -> new IllegalStateException("the body was not received"));
    return body.end == End.COMPLETE && body.content.length <= longest
        ? Optional.of(new String(body.content, UTF_8))
        : Optional.empty();
  }

  /** Returns the body that {@link #attachTo} attached. */
  static Optional<BoundedBody> of(HttpServletRequest request) {
    return Optional.ofNullable((BoundedBody) request.getAttribute(ATTRIBUTE));
  }

  void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** Whether the connection cannot be reused: the rest of the body may still arrive. */
  boolean endsTheConnection() {
    return end != End.COMPLETE;
  }

  /** Returns the response when the request cannot be handled for want of its body. */
  Optional<HTTPResponse> refusal() {
    return switch (end) {
      case COMPLETE, UNREAD -> Optional.empty();
      case TOO_SLOW -> Optional.of(refused(408, "The body did not arrive in time"));
      case BROKEN -> Optional.of(refused(400, "The body is malformed or incomplete"));
      case BUSY -> {
        HTTPResponse response = refused(503, "Too many requests with slow bodies");
        response.setHeader("Retry-After", "5");
        yield Optional.of(response);
      }
    };
  }

  private static HTTPResponse refused(int status, String why) {
    return Responses.error(
        new ErrorObject(
            status == 503
                ? OAuth2Error.TEMPORARILY_UNAVAILABLE_CODE
                : OAuth2Error.INVALID_REQUEST_CODE,
            why,
            status));
  }
}
