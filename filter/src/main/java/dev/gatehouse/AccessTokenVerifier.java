package dev.gatehouse;

import java.time.Duration;

/**
 * Verifies access tokens that no authorization server issues, such as API keys or personal access
 * tokens. Add it with {@link SettingsBuilder#verifier(String, String, AccessTokenVerifier)}.
 *
 * <p>Its results are cached for {@code cache-ttl}, at most until the token expires. Implementations
 * must be thread-safe. They run on threads of their own, without the thread-locals of the request.
 */
@FunctionalInterface
public interface AccessTokenVerifier {

  /**
   * Verifies a token. May block, for example to query a database.
   *
   * <p>By returning an active outcome, the verifier also vouches that the token is meant for this
   * MCP server: such tokens have no audience that the filter could check.
   *
   * @param token the token as the client sent it, without {@code Bearer}; from anyone, so compare
   *     only its hash, and do not log it
   * @param timeLeft after this time, the request gets 503 whatever the verifier returns
   * @return the outcome; never null
   * @throws Exception if the token can't be verified now: the request gets 503, as with {@link
   *     TokenOutcome#unavailable()}. The first exception is logged, without its message
   */
  TokenOutcome verify(String token, Duration timeLeft) throws Exception;
}
