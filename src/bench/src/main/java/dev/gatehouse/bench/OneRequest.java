package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;

/** Sends requests through a filter, one after another, on one thread. */
final class OneRequest {

  private final Filter filter;
  private final Chain chain = new Chain();
  private final StubResponse response = new StubResponse();

  OneRequest(Filter filter) {
    this.filter = filter;
  }

  /** Once more. */
  int pass(StubRequest request) throws IOException, ServletException {
    filter.doFilter(request.again(), response.again(), chain);
    return response.outcome();
  }

  /**
   * Makes sure that the right thing is measured.
   *
   * @param status 200 for a request that is to reach the end of the chain
   */
  void expect(int status, StubRequest request) throws IOException, ServletException {
    long before = chain.admitted();
    pass(request);
    boolean admitted = chain.admitted() > before;
    if (response.getStatus() != status || admitted != (status == 200)) {
      throw new IllegalStateException(
          "expected " + status + ", got " + response.getStatus() + ", admitted: " + admitted);
    }
  }
}
