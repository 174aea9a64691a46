package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.clientauth.ClientAuthentication;
import dev.gatehouse.internal.clientauth.RequestAdditions;
import dev.gatehouse.internal.jwt.JwtSettings;
import dev.gatehouse.internal.token.TokenValidation;
import dev.gatehouse.internal.token.TrustedServer;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to an authorization server, from the settings.
 *
 * @param introspectionEndpoints in the order in which they are tried; empty to discover the
 *     endpoint
 * @param tokenEndpoint for the {@code bearer} authentication method; null to discover it
 * @param authentication creates the authentication of this resource server there
 * @param additions to each introspection request
 * @param maxResponse the largest introspection response that is usable, in bytes
 * @param signedFor what identifies this resource server in signed responses; null if responses are
 *     not signed. The issuer is not null otherwise
 * @param jwt how its JWTs are verified, and which claims are scopes, also in responses
 */
public record ServerConnection(
    TrustedServer server,
    List<URI> introspectionEndpoints,
    @Nullable URI tokenEndpoint,
    ClientAuthentication.Factory authentication,
    RequestAdditions additions,
    int maxResponse,
    @Nullable String signedFor,
    TokenValidation validation,
    JwtSettings jwt) {

  public ServerConnection {
    introspectionEndpoints = List.copyOf(introspectionEndpoints);
  }
}
