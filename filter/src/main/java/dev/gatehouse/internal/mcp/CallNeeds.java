package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.rules.RequiredAuthentication;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects what all calls of a body need, so that one challenge names everything at once. This
 * class is not thread-safe.
 */
final class CallNeeds {

  /** With the rest of the challenge, that is about 4096 characters of header. */
  private static final int MAX_SCOPE_LENGTH = 3500;

  private final Set<String> effectiveScopes;

  /** In the order in which to name them. */
  private final Set<String> scopes = new LinkedHashSet<>();

  private final Set<String> unsatisfied = new LinkedHashSet<>();
  private @Nullable List<String> acrValues;
  private @Nullable Duration maxAge;
  private boolean lacksScopes;
  private boolean lacksAuthentication;

  CallNeeds(ScopeAlternatives ofEndpoint, Set<String> effectiveScopes) {
    this.effectiveScopes = effectiveScopes;
    addScopes(ofEndpoint, "required-scopes");
  }

  /** Adds what a rule needs. */
  void add(Rule rule, boolean hasAuthentication) {
    addScopes(rule.scopes(), rule.title());
    RequiredAuthentication authentication = rule.authentication();
    addAcrValues(authentication.acrValues());
    Duration limit = authentication.maxAge();
    if (limit != null && (maxAge == null || limit.compareTo(maxAge) < 0)) {
      maxAge = limit;
    }
    if (!hasAuthentication) {
      lacksAuthentication = true;
      unsatisfied.add(rule.title());
    }
  }

  /** Of alternatives, the one that lacks the fewest scopes beyond what the call needs anyway. */
  private void addScopes(ScopeAlternatives alternatives, String title) {
    Set<String> available = new LinkedHashSet<>(effectiveScopes);
    if (!alternatives.isSatisfiedBy(available)) {
      lacksScopes = true;
      unsatisfied.add(title);
      available.addAll(scopes);
    }
    scopes.addAll(alternatives.nearest(available));
  }

  /** Only what all rules accept; what the first one accepts if no login can satisfy all. */
  private void addAcrValues(List<String> accepted) {
    if (accepted.isEmpty()) {
      return;
    }
    List<String> earlier = acrValues;
    List<String> common =
        earlier == null ? accepted : earlier.stream().filter(accepted::contains).toList();
    acrValues = common.isEmpty() ? earlier : common;
  }

  /**
   * Returns the refusal. Missing scopes have precedence, because the response to them names the
   * authentication too.
   *
   * @param isKnown whether the settings name a scope, so that the challenge may
   */
  Refusal refusal(TokenClaims claims, Predicate<String> isKnown) {
    boolean scopesAreMissing = lacksScopes;
    if (!scopesAreMissing && !lacksAuthentication) {
      throw new IllegalStateException("the calls need nothing");
    }
    String detail =
        LogText.list(unsatisfied)
            + (scopesAreMissing
                ? ": the token has the scopes "
                    + LogText.list(effectiveScopes)
                    + ", required are "
                    + LogText.list(scopes)
                : ": the login is too old or too weak: the token has auth_time="
                    + LogText.word(String.valueOf(claims.claims().get("auth_time")))
                    + " and acr="
                    + LogText.word(String.valueOf(claims.claims().get("acr")))
                    + requiredLogin());
    Refusal refusal =
        Refusal.because(scopesAreMissing ? Reason.SCOPE : Reason.AUTHENTICATION, detail);
    addGranted(claims, isKnown);
    Set<String> named = thatFit();
    List<String> accepted = acrValues;
    return refusal.naming(
        lacksAuthentication
            ? new Refusal.Needed(named, accepted == null ? List.of() : accepted, maxAge)
            : Refusal.Needed.scopes(named));
  }

  /**
   * A batch can need more scopes than a header can hold; the client is asked for the rest later.
   */
  private Set<String> thatFit() {
    Set<String> named = new LinkedHashSet<>();
    int length = -1;
    for (String scope : scopes) {
      length += 1 + scope.length();
      if (length > MAX_SCOPE_LENGTH && !named.isEmpty()) {
        break;
      }
      named.add(scope);
    }
    return named;
  }

  private String requiredLogin() {
    Duration limit = maxAge;
    List<String> accepted = acrValues;
    return ", required are"
        + (limit == null ? "" : " max-age=" + limit.toSeconds() + "s")
        + (accepted == null ? "" : " acr=" + LogText.list(accepted));
  }

  /** The token's own scopes, so that a client that requests exactly the named ones loses none. */
  private void addGranted(TokenClaims claims, Predicate<String> isKnown) {
    int length = String.join(" ", scopes).length();
    for (String scope : claims.scopes()) {
      if (isKnown.test(scope) && effectiveScopes.contains(scope) && !scopes.contains(scope)) {
        length += 1 + scope.length();
        if (length > MAX_SCOPE_LENGTH) {
          return;
        }
        scopes.add(scope);
      }
    }
  }

  static Refusal denied(McpMessage message) {
    String name = message.name();
    McpMessage.Target target = message.target();
    String missing =
        name == null || target == null
            ? RuleKind.METHOD.word() + " " + message.method()
            : RuleKind.of(target).word() + " " + name;
    return Refusal.because(
        Reason.MCP_DENIED,
        "no rule names "
            + missing
            + ", and mcp-default is deny; add a rule if it is to be allowed");
  }
}
