package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.mcp.McpRules.Applicable;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.rules.KnownScopes;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides by {@link McpRules} whether a token allows the calls of a body, and which entries of
 * lists its caller may see. Allowing a call creates no objects. This class is thread-safe.
 */
public final class McpPolicy {

  private final Reloadable<McpRules> rules;
  private final boolean deniesByDefault;
  private final boolean answersAsToolResult;
  private final ScopeAlternatives ofEndpoint;
  private final KnownScopes knownScopes;
  private final long clockSkewMillis;

  /**
   * Creates a policy.
   *
   * @param ofEndpoint the scopes that every request needs
   * @param knownScopes the scopes that other settings name
   * @param clockSkew by how much the authorization server's clock may differ
   */
  public McpPolicy(
      McpSettings settings,
      ScopeAlternatives ofEndpoint,
      KnownScopes knownScopes,
      Duration clockSkew) {
    this.rules = settings.rules();
    this.deniesByDefault = settings.deniesByDefault();
    this.answersAsToolResult = settings.answersAsToolResult();
    this.ofEndpoint = ofEndpoint;
    this.knownScopes = knownScopes;
    this.clockSkewMillis = clockSkew.toMillis();
  }

  /**
   * Checks all messages of a body, and the scopes that every request needs.
   *
   * @param effectiveScopes the token's scopes, including implied ones
   * @param now the current time, in milliseconds since 1970
   * @return the refusal, which names all that the body needs; empty if the token allows all calls
   */
  public Optional<Refusal> check(
      McpBody body, VerificationResult.Active token, Set<String> effectiveScopes, long now) {
    McpRules current = rules.get();
    List<McpMessage> messages = body.messages();
    boolean allowed = ofEndpoint.isSatisfiedBy(effectiveScopes);
    for (int i = 0; allowed && i < messages.size(); i++) {
      allowed = allows(current, messages.get(i), token.claims(), effectiveScopes, now);
    }
    if (allowed) {
      return Optional.empty();
    }
    Refusal refusal =
        refusal(current, messages, token.claims(), effectiveScopes, now)
            .of(token)
            .ofCall(describe(body));
    return Optional.of(withForm(refusal, body));
  }

  private boolean allows(
      McpRules current, McpMessage message, TokenClaims claims, Set<String> scopes, long now) {
    Applicable ofMethod = ofMethod(current, message.method());
    Applicable ofTarget = ofTarget(current, message);
    return !isDenied(message, ofMethod, ofTarget)
        && allows(ofMethod, claims, scopes, now, true)
        && allows(ofTarget, claims, scopes, now, true);
  }

  /** A response has no method. */
  private static Applicable ofMethod(McpRules current, @Nullable String method) {
    return method == null ? Applicable.NONE : current.find(RuleKind.METHOD, method);
  }

  private static Applicable ofTarget(McpRules current, McpMessage message) {
    String name = message.name();
    McpMessage.Target target = message.target();
    if (name == null || target == null) {
      return Applicable.NONE;
    }
    // The ref of completion/complete may be a template, whose completions name other resources.
    return target == McpMessage.Target.RESOURCE && "completion/complete".equals(message.method())
        ? current.findForTemplate(name)
        : current.find(RuleKind.of(target), name);
  }

  /** Whether no rule names what the message calls, and such calls are refused. */
  private boolean isDenied(McpMessage message, Applicable ofMethod, Applicable ofTarget) {
    String method = message.method();
    if (method == null) {
      return false;
    }
    if (message.name() == null && McpMethods.hasTarget(method)) {
      return true; // the reader of bodies refuses this; without a name, nothing can be judged
    }
    if (!deniesByDefault) {
      return false;
    }
    return message.name() == null
        ? !ofMethod.complete() && !McpMethods.isNeededByAll(method)
        : !ofTarget.complete();
  }

  private boolean allows(
      Applicable applicable,
      TokenClaims claims,
      Set<String> scopes,
      long now,
      boolean loginCounts) {
    List<Rule> all = applicable.rules();
    for (int i = 0; i < all.size(); i++) {
      Rule rule = all.get(i);
      if (!rule.scopes().isSatisfiedBy(scopes)
          || (loginCounts && !hasAuthentication(rule, claims, now))) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAuthentication(Rule rule, TokenClaims claims, long now) {
    return rule.authentication().isSatisfiedBy(claims, now, clockSkewMillis);
  }

  /** Says what is missing; some message is not allowed. */
  private Refusal refusal(
      McpRules current,
      List<McpMessage> messages,
      TokenClaims claims,
      Set<String> scopes,
      long now) {
    CallNeeds needs = new CallNeeds(ofEndpoint, scopes);
    for (McpMessage message : messages) {
      Applicable ofMethod = ofMethod(current, message.method());
      Applicable ofTarget = ofTarget(current, message);
      if (isDenied(message, ofMethod, ofTarget)) {
        return CallNeeds.denied(message);
      }
      for (Applicable each : List.of(ofMethod, ofTarget)) {
        for (Rule rule : each.rules()) {
          needs.add(rule, hasAuthentication(rule, claims, now));
        }
      }
    }
    Set<String> ofRules = current.scopes();
    return needs.refusal(claims, scope -> knownScopes.contains(scope) || ofRules.contains(scope));
  }

  /** A tool's result is possible only for a single call of a tool that can be repeated. */
  private Refusal withForm(Refusal refusal, McpBody body) {
    if (body.batch() || body.messages().size() != 1) {
      return refusal;
    }
    McpMessage message = body.messages().get(0);
    Refusal ofRequest = refusal.ofRequest(message.id());
    return answersAsToolResult
            && message.kind() == McpMessage.Kind.REQUEST
            && "tools/call".equals(message.method())
            && !refusal.needed().equals(Refusal.Needed.NOTHING)
        ? ofRequest.asToolResult()
        : ofRequest;
  }

  /** What a body calls, for logs. */
  public static McpCall describe(McpBody body) {
    if (body.batch() || body.messages().size() != 1) {
      return new McpCall("batch", null);
    }
    McpMessage message = body.messages().get(0);
    String method = message.method();
    return new McpCall(method == null ? "response" : method, message.name());
  }

  /**
   * Returns what the token's caller may see in lists: what a call would be allowed to use. An entry
   * that needs another login is visible to users, who can log in again, and hidden from clients.
   *
   * @param effectiveScopes the token's scopes, including implied ones
   * @param now the current time, in milliseconds since 1970
   */
  public ListVisibility visibility(
      VerificationResult.Active token, Set<String> effectiveScopes, long now) {
    McpRules current = rules.get();
    TokenClaims claims = token.claims();
    boolean loginCounts = claims.isOfClientItself();
    if (!ofEndpoint.isSatisfiedBy(effectiveScopes)) {
      return (method, name) -> false;
    }
    return (method, name) -> {
      Applicable ofMethod = ofMethod(current, useOf(method));
      Applicable ofEntry =
          method == ListMethod.TEMPLATES
              ? current.findForTemplate(name)
              : current.find(RuleKind.of(method.target()), name);
      return (!deniesByDefault || ofEntry.complete())
          && allows(ofMethod, claims, effectiveScopes, now, loginCounts)
          && allows(ofEntry, claims, effectiveScopes, now, loginCounts);
    };
  }

  /** The method that uses an entry of a list. */
  private static String useOf(ListMethod method) {
    return switch (method) {
      case TOOLS -> "tools/call";
      case PROMPTS -> "prompts/get";
      case RESOURCES, TEMPLATES -> "resources/read";
    };
  }
}
