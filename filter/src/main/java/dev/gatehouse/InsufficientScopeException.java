package dev.gatehouse;

import java.util.ArrayList;
import java.util.List;

/**
 * A call needs scopes that the caller's access token lacks. {@link AuthInfo#requireScope} throws
 * it; {@link ScopeChecked} turns it into the error that MCP clients understand.
 *
 * <p>The message is for the caller, and for the model behind it: it names the missing scopes and
 * contains nothing else about the token. There is no stack trace, because this is no failure of the
 * server. This class is immutable and thread-safe.
 */
public final class InsufficientScopeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The scopes that the token lacks. */
  private final ArrayList<String> missing;

  /** The value of {@code WWW-Authenticate}. */
  private final String challenge;

  /** Called only by {@link StepUp}. */
  InsufficientScopeException(List<String> missing, String challenge) {
    super(message(missing), null, false, false);
    this.missing = new ArrayList<>(missing);
    this.challenge = challenge;
  }

  private static String message(List<String> missing) {
    boolean one = missing.size() == 1;
    return "The access token lacks the "
        + (one ? "scope " : "scopes ")
        + String.join(", ", missing)
        + ". Get a token that also has "
        + (one ? "it" : "them")
        + ", then call again.";
  }

  /**
   * Returns the scopes that the token lacks.
   *
   * @return an unmodifiable list, in the order in which they were required; never empty
   */
  public List<String> missingScopes() {
    return List.copyOf(missing);
  }

  /**
   * Returns the value of a {@code WWW-Authenticate} header for this refusal (RFC 6750 §3), for a
   * servlet that responds with 403. Its {@code scope} names everything that the next token should
   * have: the required scopes, those of the endpoint, and those that this token already has as far
   * as the settings or earlier calls name them.
   *
   * @return one challenge in ASCII, with {@code error="insufficient_scope"}
   */
  public String challenge() {
    return challenge;
  }
}
