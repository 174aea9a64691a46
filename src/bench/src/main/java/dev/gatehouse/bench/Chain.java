package dev.gatehouse.bench;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** The end of a filter chain, which counts the admitted requests. */
class Chain implements FilterChain {

  private long admitted;

  @Override
  public final void doFilter(ServletRequest request, ServletResponse response) throws IOException {
    admitted++;
    serve(request, response);
  }

  /** What the servlet does; nothing unless a subclass does it. */
  void serve(ServletRequest request, ServletResponse response) throws IOException {}

  final long admitted() {
    return admitted;
  }
}
