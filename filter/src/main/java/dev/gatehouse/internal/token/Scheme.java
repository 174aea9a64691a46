package dev.gatehouse.internal.token;

/** How a request presents its access token in the {@code Authorization} header. */
public enum Scheme {
  /** RFC 6750 §2.1. */
  BEARER("Bearer"),
  /** RFC 9449 §7.1: with a proof that the client has the key to which the token is bound. */
  DPOP("DPoP");

  private final String text;

  Scheme(String text) {
    this.text = text;
  }

  /** The name of the scheme, as in a challenge. */
  public String text() {
    return text;
  }
}
