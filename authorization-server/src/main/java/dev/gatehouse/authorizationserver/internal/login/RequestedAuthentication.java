package dev.gatehouse.authorizationserver.internal.login;

import static dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters.first;

import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.UserAuthentication;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an authorization request wants the user to authenticate (OpenID Connect Core §3.1.2.1, RFC
 * 9470 §4). Unlike there, {@code acr_values} is a requirement too.
 *
 * <pre>
 * GET /oauth/authorize?…&amp;prompt=login&amp;max_age=300&amp;acr_values=…
 * </pre>
 *
 * @param request the hash of the whole request; a log-in is stored with that of the request that
 *     the user logged in for
 * @param prompt what the user must be asked, or {@code none}
 * @param maxAge how long ago the user may have authenticated
 * @param acrValues the acceptable authentication context classes; any, when empty
 */
record RequestedAuthentication(
    TokenHash request, Set<String> prompt, @Nullable Duration maxAge, Set<String> acrValues) {
  private static final String NONE = "none";
  private static final String LOGIN = "login";

  /**
   * The consent page is always shown. It names the user and offers to log in as another one, as
   * {@code select_account} demands.
   */
  private static final Set<String> PROMPTS = Set.of(NONE, LOGIN, "consent", "select_account");

  /** As many seconds as fit a {@code long}. */
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  RequestedAuthentication {
    prompt = OrderedSets.copyOf(prompt);
    acrValues = OrderedSets.copyOf(acrValues);
  }

  /** Returns empty if a parameter is malformed, or {@code prompt} contradicts itself. */
  static Optional<RequestedAuthentication> read(
      String query, Map<String, List<String>> parameters) {
    Set<String> prompt = list(parameters, "prompt");
    Set<String> acrValues = list(parameters, "acr_values");
    Optional<String> maxAge = first(parameters, "max_age");
    if (!PROMPTS.containsAll(prompt)
        || (prompt.contains(NONE) && prompt.size() > 1)
        || acrValues.contains("")
        || !maxAge.map(seconds -> SECONDS.matcher(seconds).matches()).orElse(true)) {
      return Optional.empty();
    }
    return Optional.of(
        new RequestedAuthentication(
            TokenHash.of(query),
            prompt,
            maxAge.map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))).orElse(null),
            acrValues));
  }

  private static Set<String> list(Map<String, List<String>> parameters, String name) {
    return first(parameters, name)
        .map(values -> OrderedSets.copyOf(Arrays.asList(values.split(" ", -1))))
        .orElseGet(Set::of);
  }

  /** Whether no page may be shown. */
  boolean isSilent() {
    return prompt.contains(NONE);
  }

  /** Whether a log-in of this class is acceptable. */
  boolean accepts(String acr) {
    return acrValues.isEmpty() || acrValues.contains(acr);
  }

  /** Whether the user need not log in again. */
  boolean isMetBy(LoginSession session, Instant now) {
    UserAuthentication authentication = session.authentication();
    if (authentication == null) {
      return maxAge == null && acrValues.isEmpty() && !prompt.contains(LOGIN);
    }
    // Absolute, so that a time in the future, by another node's clock, is not the most recent one.
    Duration age = Duration.between(authentication.time(), now).abs();
    return accepts(authentication.acr())
        && (isRecentEnough(age) || isForThisRequest(session.request(), age));
  }

  private boolean isRecentEnough(Duration age) {
    // OpenID Connect Core §3.1.2.1: a max_age of 0 is the same as prompt=login
    boolean always = prompt.contains(LOGIN) || Duration.ZERO.equals(maxAge);
    return !always && (maxAge == null || age.compareTo(maxAge) <= 0);
  }

  /** The log-in that this request required: it is required once, and for one request only. */
  private boolean isForThisRequest(@Nullable TokenHash loggedInFor, Duration age) {
    return request.equals(loggedInFor) && age.compareTo(Lifetimes.LOGIN_FOR_REQUEST) <= 0;
  }
}
