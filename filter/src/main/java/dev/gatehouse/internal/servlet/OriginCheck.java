package dev.gatehouse.internal.servlet;

/** The result of checking the {@code Origin} of a request. */
public enum OriginCheck {
  /** The request has no {@code Origin}, so it does not come from a web page of another origin. */
  NO_ORIGIN,
  ALLOWED,
  FOREIGN
}
