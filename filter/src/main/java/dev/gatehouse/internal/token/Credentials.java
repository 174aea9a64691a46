package dev.gatehouse.internal.token;

/** What the {@code Authorization} headers of a request hold: one well-formed token, or less. */
public sealed interface Credentials permits BearerToken, Credentials.Absent, Credentials.Malformed {

  /** No header, or another scheme's. */
  record Absent() implements Credentials {}

  /** Meant to be a Bearer token, and not one; or more than one credential. */
  record Malformed(String detail) implements Credentials {}
}
