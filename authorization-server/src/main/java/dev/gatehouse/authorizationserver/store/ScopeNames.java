package dev.gatehouse.authorizationserver.store;

/** The grammar of a scope token: {@code 1*( %x21 / %x23-5B / %x5D-7E )} (RFC 6749 §3.3). */
public final class ScopeNames {
  /**
   * The scope of an access token that a resource server may authenticate introspection requests
   * with.
   */
  public static final String INTROSPECT = "introspect";

  private ScopeNames() {}

  /**
   * Tells whether a text is a scope token.
   *
   * @param scope any text
   * @return false when it is empty or has a character that the grammar excludes
   */
  public static boolean isLegal(String scope) {
    return !scope.isEmpty()
        && scope.chars().allMatch(c -> c > 0x20 && c < 0x7F && c != '"' && c != '\\');
  }
}
