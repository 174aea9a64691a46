package dev.gatehouse.internal.token;

/** The content of the {@code Authorization} headers of a request. */
public sealed interface Credentials permits BearerToken, Credentials.Absent, Credentials.Malformed {

  /** No header, one with another scheme than Bearer, or the scheme alone. */
  record Absent() implements Credentials {}

  /** An invalid Bearer token, or more than one credential. */
  record Malformed(String detail) implements Credentials {}
}
