package dev.gatehouse.internal.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Forwards so that what wrapped responses have kept is sent at the end of the forward. */
record ForwardingDispatcher(RequestDispatcher target) implements RequestDispatcher {

  @Override
  public void forward(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    target.forward(
        request,
        response instanceof HttpServletResponse http ? new ForwardedResponse(http) : response);
  }

  @Override
  public void include(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    target.include(request, response);
  }
}
