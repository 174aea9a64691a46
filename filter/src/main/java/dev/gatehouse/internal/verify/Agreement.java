package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenClaims.Terms;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a JWT and its introspection response state together. They must agree on whose token it is.
 * Otherwise the token is good for what both allow, and what one of them leaves out, the other says.
 */
final class Agreement {

  private Agreement() {}

  /** The common result; inactive if they contradict each other. */
  static VerificationResult of(
      VerificationResult.Active jwt, VerificationResult.Active introspected) {
    TokenClaims ours = jwt.claims();
    TokenClaims theirs = introspected.claims();
    String contradiction = contradiction(ours, theirs);
    return contradiction == null
        ? new VerificationResult.Active(combined(ours, theirs), introspected.server())
        : new VerificationResult.Inactive(
            Reason.CONTRADICTION, "JWT and introspection response differ in " + contradiction);
  }

  private static @Nullable String contradiction(TokenClaims ours, TokenClaims theirs) {
    if (differ(ours.subject(), theirs.subject())) {
      return "sub";
    }
    if (differ(ours.clientId(), theirs.clientId())) {
      return "client_id";
    }
    if (differ(ours.issuer(), theirs.issuer())) {
      return "iss";
    }
    return differ(ours.claims().get("cnf"), theirs.claims().get("cnf")) ? "cnf" : null;
  }

  private static boolean differ(@Nullable Object one, @Nullable Object other) {
    return one != null && other != null && !one.equals(other);
  }

  private static TokenClaims combined(TokenClaims ours, TokenClaims theirs) {
    Map<String, Object> claims = new HashMap<>(ours.claims());
    claims.putAll(theirs.claims());
    return new TokenClaims(
        either(theirs.subject(), ours.subject()),
        terms(ours, theirs),
        Math.min(ours.endsAt(), theirs.endsAt()),
        Math.max(ours.startsAt(), theirs.startsAt()),
        Collections.unmodifiableMap(claims));
  }

  private static Terms terms(TokenClaims ours, TokenClaims theirs) {
    Terms jwt = ours.terms();
    Terms response = theirs.terms();
    Terms combined =
        new Terms(
            either(response.clientId(), jwt.clientId()),
            either(response.issuer(), jwt.issuer()),
            List.copyOf(
                common(jwt.audience(), response.audience(), theirs.claims().containsKey("aud"))),
            Set.copyOf(
                common(jwt.scopes(), response.scopes(), theirs.claims().containsKey("scope"))),
            either(response.tokenType(), jwt.tokenType()),
            either(response.typ(), jwt.typ()),
            either(response.tokenUse(), jwt.tokenUse()),
            jwt.bound() || response.bound(),
            jwt.signOfUser() || response.signOfUser());
    return combined.equals(response) ? response : combined; // one object for many tokens
  }

  private static @Nullable String either(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  /**
   * What both contain.
   *
   * @param stated whether the response has such a member, which may be empty
   */
  private static Collection<String> common(
      Collection<String> jwt, Collection<String> response, boolean stated) {
    if (response.isEmpty() && !stated) {
      return jwt;
    }
    if (jwt.isEmpty()) {
      return response;
    }
    Set<String> common = new LinkedHashSet<>(jwt);
    common.retainAll(response);
    return common;
  }
}
