package dev.gatehouse.bench;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/** The end of a filter chain, which counts the admitted requests. */
final class Chain implements FilterChain {

  private long admitted;

  @Override
  public void doFilter(ServletRequest request, ServletResponse response) {
    admitted++;
  }

  long admitted() {
    return admitted;
  }
}
