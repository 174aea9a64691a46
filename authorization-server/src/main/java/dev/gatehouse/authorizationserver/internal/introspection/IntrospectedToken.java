package dev.gatehouse.authorizationserver.internal.introspection;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import java.util.Optional;

/** Reads the {@code token} parameter of an introspection request (RFC 7662 §2.1). */
final class IntrospectedToken {
  private IntrospectedToken() {}

  /** Ignores {@code token_type_hint}: it only changes the order of look-up, and there is one. */
  static Optional<OpaqueToken> of(HTTPRequest form) {
    try {
      return Optional.of(
          UntrustedInput.parse(
              "introspection request",
              () -> new OpaqueToken(TokenIntrospectionRequest.parse(form).getToken().getValue())));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
