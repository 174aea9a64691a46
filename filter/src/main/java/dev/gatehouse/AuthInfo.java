package dev.gatehouse;

import dev.gatehouse.internal.token.TokenClaims;
import io.modelcontextprotocol.common.McpTransportContext;
import jakarta.servlet.ServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as the authorization server said (RFC 7662 §2.2).
 *
 * <p>Only the filter makes one, at the end of all its checks: holding one is the proof that they
 * passed. Immutable and safe for use by many threads. It never holds the token.
 */
public final class AuthInfo implements Principal {

  /** The request attribute that holds it: {@value}. */
  public static final String ATTRIBUTE = "dev.gatehouse.AuthInfo";

  private final TokenClaims answer;
  private final Set<String> scopes;
  private final @Nullable String serverIssuer;

  /** For {@link Authorizer} alone, after the last check. */
  AuthInfo(TokenClaims answer, Set<String> effectiveScopes, @Nullable String serverIssuer) {
    this.answer = answer;
    this.scopes = effectiveScopes;
    this.serverIssuer = serverIssuer;
  }

  /**
   * The caller of this request.
   *
   * @param request a request that has passed the filter
   * @return the caller
   * @throws IllegalStateException if the filter has not let this request through, for example
   *     because it is not mapped to this servlet
   */
  public static AuthInfo from(ServletRequest request) {
    return verified(request.getAttribute(ATTRIBUTE), "it is not in front of this servlet");
  }

  /**
   * The caller of an MCP tool, prompt or resource.
   *
   * @param context {@code exchange.transportContext()} of the MCP Java SDK
   * @return the caller
   * @throws IllegalStateException if there is none: the MCP server was built without {@link
   *     AuthInfoContextExtractor}, or the filter is not in front of it
   */
  public static AuthInfo from(McpTransportContext context) {
    return verified(
        context.get(ATTRIBUTE),
        "build the MCP transport with contextExtractor(new AuthInfoContextExtractor()) and map the"
            + " filter to its servlet");
  }

  private static AuthInfo verified(@Nullable Object candidate, String otherwise) {
    if (candidate instanceof AuthInfo info) {
      return info;
    }
    throw new IllegalStateException("no AuthInfo: McpAuthFilter did not admit this; " + otherwise);
  }

  /**
   * The user that the token speaks for: the {@code sub} member, never a stand-in for it.
   *
   * <p>For a client that acts for itself, servers send no {@code sub}, the client's own id, or the
   * id of a service account.
   *
   * @return empty when the answer has no {@code sub}
   */
  public Optional<String> userId() {
    return Optional.ofNullable(answer.subject());
  }

  /**
   * The client that the token was issued to ({@code client_id}).
   *
   * @return empty when the answer does not say
   */
  public Optional<String> clientId() {
    return Optional.ofNullable(answer.clientId());
  }

  /**
   * What the token allows: the granted scopes and, by the {@code scope-implies} setting, those that
   * they imply.
   *
   * @return never null; empty when there are none
   */
  public Set<String> scopes() {
    return scopes;
  }

  /**
   * Whether the token allows this scope.
   *
   * @param scope one scope, compared exactly
   * @return true if {@link #scopes()} has it
   */
  public boolean hasScope(String scope) {
    return scopes.contains(scope);
  }

  /**
   * When the token ends ({@code exp}).
   *
   * @return empty when the answer does not say
   */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(answer.expiresAt());
  }

  /**
   * The authorization server that vouches for all this.
   *
   * @return its issuer identifier; empty when neither the answer nor the settings name one
   */
  public Optional<String> issuer() {
    return Optional.ofNullable(serverIssuer == null ? answer.issuer() : serverIssuer);
  }

  /**
   * Whom the token is meant for ({@code aud}).
   *
   * @return never null; empty when the answer has none and {@code audience-alternative} stood in
   */
  public List<String> audience() {
    return answer.audience();
  }

  /**
   * The whole introspection answer, but for members that repeat the token.
   *
   * @return read-only at every depth; strings, numbers, booleans, lists, maps and nulls as JSON has
   *     them
   */
  public Map<String, Object> claims() {
    return answer.claims();
  }

  /**
   * A name for logs and for {@code getUserPrincipal()}.
   *
   * @return the {@link #userId()}; for a client that acts for itself {@code client:} and its id, so
   *     that no client can pass for a user of the same name; else {@code anonymous}
   */
  @Override
  public String getName() {
    if (answer.subject() != null) {
      return answer.subject();
    }
    return answer.clientId() == null ? "anonymous" : "client:" + answer.clientId();
  }

  /** Leaves out the claims: they may hold personal data. */
  @Override
  public String toString() {
    return "AuthInfo[userId=%s, clientId=%s, scopes=%s]"
        .formatted(answer.subject(), answer.clientId(), scopes);
  }
}
