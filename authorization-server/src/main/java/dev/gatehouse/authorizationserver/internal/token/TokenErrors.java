package dev.gatehouse.authorizationserver.internal.token;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The errors of RFC 6749 §5.2 and RFC 8707 §2 with fixed texts, which never quote the request. */
final class TokenErrors {
  static final ErrorObject INVALID_REQUEST =
      new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "The request is malformed", 400);
  static final ErrorObject INVALID_GRANT =
      new ErrorObject(
          OAuth2Error.INVALID_GRANT_CODE, "The code or refresh token is invalid or expired", 400);
  static final ErrorObject INVALID_SCOPE =
      new ErrorObject(
          OAuth2Error.INVALID_SCOPE_CODE, "The client may not request these scopes", 400);
  static final ErrorObject INVALID_TARGET =
      new ErrorObject(OAuth2Error.INVALID_TARGET_CODE, "The resource is missing or unknown", 400);
  static final ErrorObject UNAUTHORIZED_CLIENT =
      new ErrorObject(
          OAuth2Error.UNAUTHORIZED_CLIENT_CODE, "The client may not use this grant type", 400);
  static final ErrorObject UNSUPPORTED_GRANT_TYPE =
      new ErrorObject(
          OAuth2Error.UNSUPPORTED_GRANT_TYPE_CODE, "This grant type is not supported", 400);

  static final ErrorObject INVALID_DPOP_PROOF =
      new ErrorObject(
          OAuth2Error.INVALID_DPOP_PROOF_CODE, "The DPoP proof is missing or invalid", 400);
  static final ErrorObject CERTIFICATE_REQUIRED =
      new ErrorObject(
          OAuth2Error.INVALID_REQUEST_CODE,
          "The client's tokens are bound to a TLS certificate, and the request has none",
          400);

  private TokenErrors() {}

  /** Keeps the code of Nimbus's error but not its text, which may quote the request. */
  static ErrorObject of(@Nullable ErrorObject nimbus) {
    return Stream.of(INVALID_GRANT, INVALID_SCOPE, INVALID_TARGET, UNSUPPORTED_GRANT_TYPE)
        .filter(known -> nimbus != null && known.getCode().equals(nimbus.getCode()))
        .findFirst()
        .orElse(INVALID_REQUEST);
  }
}
