package dev.gatehouse.internal.servlet;

import jakarta.servlet.http.HttpServletRequest;

/** The path of a request within the application. */
public final class RequestPath {

  private RequestPath() {}

  /** As the container understood it, so that no spelling of a path is read in two ways. */
  public static String decoded(HttpServletRequest request) {
    String pathInfo = request.getPathInfo();
    return pathInfo == null ? request.getServletPath() : request.getServletPath() + pathInfo;
  }
}
