package dev.gatehouse;

import dev.gatehouse.internal.mcp.BodyReplay;
import dev.gatehouse.internal.mcp.ListVisibility;
import dev.gatehouse.internal.mcp.McpBody;
import dev.gatehouse.internal.mcp.McpBodyReader;
import dev.gatehouse.internal.mcp.McpHeaders;
import dev.gatehouse.internal.mcp.McpPolicy;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.VerificationResult;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What calls need: the scopes of the endpoint and, if there are rules, what these demand for the
 * MCP messages of a body. This class is thread-safe.
 */
final class CallRules {

  /** Methods whose requests have no body, unless they announce one. */
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS");

  private final ScopePolicy endpoint;
  private final McpHeaders headers;
  private final McpBodyReader reader;
  private final @Nullable McpPolicy policy;
  private final boolean filtersLists;

  /** Stands for all calls of which nothing is read and nothing is wrong, if there are no rules. */
  private final Call unread = new Call(null);

  /**
   * Creates the rules.
   *
   * @param policy null if there are no rules, so that no body is read
   * @param filtersLists whether lists omit what the caller may not use
   */
  CallRules(
      ScopePolicy endpoint,
      McpHeaders headers,
      McpBodyReader reader,
      @Nullable McpPolicy policy,
      boolean filtersLists) {
    this.endpoint = endpoint;
    this.headers = headers;
    this.reader = reader;
    this.policy = policy;
    this.filtersLists = filtersLists;
  }

  /** The call of one request, which is read when it is checked. This class is not thread-safe. */
  final class Call {

    /** Null if only the scopes of the endpoint have to be checked. */
    private final @Nullable HttpServletRequest request;

    private @Nullable McpBody body;
    private @Nullable ListVisibility lists;

    /** Null until the rest of the chain has been given the body. */
    private @Nullable BodyReplay replay;

    private Call(@Nullable HttpServletRequest request) {
      this.request = request;
    }

    /**
     * Checks whether the token allows the call.
     *
     * @param scopes the token's scopes, including implied ones
     * @param now the current time, in milliseconds since 1970
     * @return the refusal, which names all that the call needs; empty if the token allows it
     */
    Optional<Refusal> check(VerificationResult.Active token, Set<String> scopes, long now) {
      if (request == null) {
        return endpoint.check(scopes);
      }
      if (policy == null) {
        return checkWithoutBody(request, scopes);
      }
      if (!mayHaveBody(request)) {
        lists = visibility(policy, token, scopes, now); // a stream may repeat a response
        return checkWithoutBody(request, scopes);
      }
      McpBodyReader.Outcome outcome = reader.read(request);
      if (outcome instanceof McpBodyReader.Unreadable unreadable) {
        return Optional.of(unreadable.refusal());
      }
      McpBody read = ((McpBodyReader.Read) outcome).body();
      body = read;
      // The response to GET is a stream that may repeat another one, whatever its body says.
      if (!request.getMethod().equals("POST") || read.asksForList()) {
        lists = visibility(policy, token, scopes, now);
      }
      Optional<Refusal> mismatch = headers.check(request, read);
      return mismatch.isPresent()
          ? Optional.of(mismatch.get().ofCall(McpPolicy.describe(read)))
          : policy.check(read, token, scopes, now);
    }

    private Optional<Refusal> checkWithoutBody(HttpServletRequest request, Set<String> scopes) {
      Optional<Refusal> version = headers.checkVersion(request);
      return version.isPresent() ? version : endpoint.check(scopes);
    }

    private @Nullable ListVisibility visibility(
        McpPolicy policy, VerificationResult.Active token, Set<String> scopes, long now) {
      return filtersLists ? policy.visibility(token, scopes, now) : null;
    }

    /** What the caller may see in the lists of the response; null if it has no lists to filter. */
    @Nullable ListVisibility lists() {
      return lists;
    }

    /** The {@code id} of the only JSON-RPC request, as JSON text; null if it is not known. */
    @Nullable String requestId() {
      return body == null || body.batch() ? null : body.messages().get(0).id();
    }

    /** The request with the body that was read from it, in this dispatch or an earlier one. */
    HttpServletRequest withBody(HttpServletRequest dispatched) {
      if (body == null) {
        return dispatched;
      }
      replay = replay == null ? BodyReplay.of(dispatched, body) : replay.continuedIn(dispatched);
      return replay;
    }

    /** The messages of the request; null if its body has not been read. */
    @Nullable McpBody body() {
      return body;
    }
  }

  /** The call of a request, not yet checked. */
  Call of(HttpServletRequest request) {
    return policy == null && headers.checkVersion(request).isEmpty() ? unread : new Call(request);
  }

  private static boolean mayHaveBody(HttpServletRequest request) {
    return !WITHOUT_BODY.contains(request.getMethod())
        || request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null;
  }
}
