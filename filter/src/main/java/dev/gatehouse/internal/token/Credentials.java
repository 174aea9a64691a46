package dev.gatehouse.internal.token;

/** The content of the {@code Authorization} headers of a request. */
public sealed interface Credentials permits BearerToken, Credentials.Absent, Credentials.Malformed {

  /** The scheme with which the request tries to authenticate; Bearer if it does not try. */
  Scheme scheme();

  /** No header, one with a scheme that is not accepted, or the scheme alone. */
  record Absent() implements Credentials {
    @Override
    public Scheme scheme() {
      return Scheme.BEARER;
    }
  }

  /** An invalid token, or more than one credential. */
  record Malformed(String detail, Scheme scheme) implements Credentials {

    public Malformed(String detail) {
      this(detail, Scheme.BEARER);
    }
  }
}
