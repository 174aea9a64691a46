package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;

/** Passes requests through a filter, one at a time. Not thread-safe. */
final class OneRequest {

  private final Filter filter;
  private final Chain chain;
  private final StubResponse response = new StubResponse();

  OneRequest(Filter filter) {
    this(filter, new Chain());
  }

  OneRequest(Filter filter, Chain chain) {
    this.filter = filter;
    this.chain = chain;
  }

  /** Passes a request; the result keeps the compiler from removing the work. */
  int pass(StubRequest request) throws IOException, ServletException {
    filter.doFilter(request.cleared(), response.cleared(), chain);
    response.end();
    return response.outcome();
  }

  /**
   * Passes a request and checks the status, to prove what is measured.
   *
   * @param status the expected status; 200 if the request must reach the end of the chain
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

  /** Passes a request that must reach the end of the chain, and returns what the servlet wrote. */
  String body(StubRequest request) throws IOException, ServletException {
    response.record(true);
    try {
      expect(200, request);
      return response.recorded();
    } finally {
      response.record(false);
    }
  }
}
