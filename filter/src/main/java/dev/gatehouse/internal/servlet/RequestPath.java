package dev.gatehouse.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;

/** Reads the path of a request within the application. */
public final class RequestPath {

  private RequestPath() {}

  /** The path as the container decoded it, so that filter and servlet never read it differently. */
  public static String decoded(HttpServletRequest request) {
    String pathInfo = request.getPathInfo();
    return pathInfo == null ? request.getServletPath() : request.getServletPath() + pathInfo;
  }
}
