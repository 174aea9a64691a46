package dev.gatehouse.internal.token;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims of an active token, from an introspection response (RFC 7662 §2.2) or a JWT (RFC 9068
 * §2.2), not yet checked.
 *
 * @param subject {@code sub}
 * @param terms the claims that other tokens have too; equal ones share one object
 * @param endsAt {@code exp}, in seconds since 1970; {@link #NEVER} when absent
 * @param startsAt {@code nbf}, in seconds since 1970; 0 when absent
 * @param claims all members of the response, without those that repeat the token, or all claims of
 *     the JWT; read-only
 */
public record TokenClaims(
    @Nullable String subject, Terms terms, long endsAt, long startsAt, Map<String, Object> claims) {

  /** Later than any accepted time; does not overflow when converted to milliseconds. */
  public static final long NEVER = Long.MAX_VALUE / 1000;

  /**
   * The claims that are usually equal in all tokens of one client.
   *
   * @param clientId {@code client_id}; in a JWT, {@code azp} and others stand for it
   * @param issuer {@code iss}
   * @param audience {@code aud}, one or many; empty when absent
   * @param scopes the {@code "scope"} member, a string or an array; empty when absent. In a JWT,
   *     also {@code scp} and {@code scope-claims}
   * @param tokenType {@code token_type}; {@code Bearer} if a JWT names its kind in another way
   * @param typ {@code typ}, with which some servers name the kind of token
   * @param tokenUse {@code token_use}, with which others do
   * @param bound whether there is a {@code cnf} member of any kind (RFC 7800)
   * @param signOfUser whether there is a member that only tokens of users have
   */
  public record Terms(
      @Nullable String clientId,
      @Nullable String issuer,
      List<String> audience,
      Set<String> scopes,
      @Nullable String tokenType,
      @Nullable String typ,
      @Nullable String tokenUse,
      boolean bound,
      boolean signOfUser) {}

  /**
   * Whether the token is bound to a key or certificate, or says so: it has {@code cnf}, or the type
   * DPoP (RFC 9449 §5), which is also the {@code typ} of Keycloak's DPoP-bound tokens.
   */
  public boolean isBound() {
    return terms.bound || isOfDpopType();
  }

  /** Whether the token names DPoP as its type. */
  public boolean isOfDpopType() {
    return Scheme.DPOP.text().equalsIgnoreCase(terms.tokenType)
        || Scheme.DPOP.text().equalsIgnoreCase(terms.typ);
  }

  /** The scheme with which the token is presented, once it has been admitted. */
  public Scheme scheme() {
    if (!isBound()) {
      return Scheme.BEARER;
    }
    Confirmation confirmation = Confirmation.of(this);
    return confirmation == null || confirmation.key() == null ? Scheme.BEARER : Scheme.DPOP;
  }

  /** Whether the token seems to be a user's, but does not identify the user. */
  public boolean isOfUnknownUser() {
    return subject == null && terms.signOfUser;
  }

  /**
   * Whether the client acts on its own behalf: the token has no sign of a user, or the client is
   * its subject (RFC 9068 §2.2).
   */
  public boolean isOfClientItself() {
    return terms.clientId != null
        && (subject == null ? !isOfUnknownUser() : subject.equals(terms.clientId));
  }

  /** {@code exp}; null when absent. */
  public @Nullable Instant expiresAt() {
    return endsAt == NEVER ? null : Instant.ofEpochSecond(endsAt);
  }

  public @Nullable String clientId() {
    return terms.clientId;
  }

  public @Nullable String issuer() {
    return terms.issuer;
  }

  public List<String> audience() {
    return terms.audience;
  }

  public Set<String> scopes() {
    return terms.scopes;
  }

  /** Leaves out claims that may be personal data. */
  @Override
  public String toString() {
    String client = clientId() == null ? "null" : LogText.word(clientId());
    return "TokenClaims[clientId=" + client + ", audience=" + LogText.list(audience()) + "]";
  }
}
