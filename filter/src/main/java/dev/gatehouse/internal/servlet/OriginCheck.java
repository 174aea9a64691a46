package dev.gatehouse.internal.servlet;

/** The result of checking the {@code Origin} of a request. */
public enum OriginCheck {
  /** The request has no {@code Origin}: it does not come from a page of another origin. */
  NO_ORIGIN,
  ALLOWED,
  FOREIGN
}
