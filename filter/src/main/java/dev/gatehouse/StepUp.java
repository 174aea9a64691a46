package dev.gatehouse;

import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.LogText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the scopes that the code of a tool requires, and tells a client that lacks some what to
 * request. This class is thread-safe.
 */
final class StepUp {

  /** The filter's logger, because operators look for refusals there. */
  private static final Logger log = LoggerFactory.getLogger(McpAuthFilter.class);

  private static final int MAX_LEARNED = 500;

  /** In characters; so that the challenge fits into a header. */
  private static final int MAX_SCOPE = 4096;

  private final RefusalWriter refusals;
  private final ScopePolicy endpoint;
  private final Predicate<String> isConfigured;

  /** Scopes that code has required and tokens have had: clients can request them. */
  private final Set<String> learned = ConcurrentHashMap.newKeySet();

  /**
   * Creates the check.
   *
   * @param endpoint the scopes that every request needs
   * @param isConfigured whether the settings name a scope, so that clients can request it
   */
  StepUp(RefusalWriter refusals, ScopePolicy endpoint, Predicate<String> isConfigured) {
    this.refusals = refusals;
    this.endpoint = endpoint;
    this.isConfigured = isConfigured;
  }

  /**
   * Requires all of these scopes.
   *
   * @throws InsufficientScopeException if the caller's token lacks one
   * @throws IllegalArgumentException if there is none, or one is not a scope token
   */
  void require(AuthInfo caller, List<String> required) {
    if (required.isEmpty()) {
      throw new IllegalArgumentException("name at least one scope");
    }
    for (String scope : required) {
      if (!Scopes.isScopeToken(scope)) {
        throw new IllegalArgumentException(
            "'" + scope + "' is not one scope; RFC 6749 §3.3 allows printable ASCII without \" \\");
      }
    }
    List<String> missing = required.stream().filter(scope -> !caller.hasScope(scope)).toList();
    if (!missing.isEmpty()) {
      log.info(
          "refused: reason=scope in a handler, which requires {}: {}",
          LogText.list(required),
          caller);
      throw new InsufficientScopeException(
          missing,
          refusals.scopeChallenge(needed(caller, required), caller.tokenClaims().scheme()));
    }
    required.forEach(this::learn);
  }

  /** Everything that a new token should have, so that the client loses nothing by requesting it. */
  private Set<String> needed(AuthInfo caller, List<String> required) {
    Set<String> needed = new LinkedHashSet<>(required);
    needed.addAll(endpoint.required().satisfiedBy(caller.scopes()));
    int length = needed.stream().mapToInt(scope -> scope.length() + 1).sum();
    for (String granted : new TreeSet<>(caller.tokenClaims().scopes())) {
      boolean known = isConfigured.test(granted) || learned.contains(granted);
      if (known && caller.hasScope(granted) && !needed.contains(granted)) {
        length += granted.length() + 1;
        if (length > MAX_SCOPE) {
          break;
        }
        needed.add(granted);
      }
    }
    return needed;
  }

  private void learn(String scope) {
    if (!learned.contains(scope) && learned.size() < MAX_LEARNED) {
      learned.add(scope);
    }
  }
}
