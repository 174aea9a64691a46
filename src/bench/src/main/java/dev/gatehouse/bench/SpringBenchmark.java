package dev.gatehouse.bench;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Spring Security with a cached introspector: the whole filter chain, and the bearer filter alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpringBenchmark {

  private final StubRequest known = StubRequest.call(Tokens.of(Tokens.ACTIVE, 1, 1));
  private final StubRequest knownInactive = StubRequest.call(Tokens.of(Tokens.INACTIVE, 1, 1));
  private final StubRequest none = StubRequest.callWithoutToken();

  @SuppressWarnings("NullAway.Init")
  private OneRequest chain;

  @SuppressWarnings("NullAway.Init")
  private OneRequest bearerFilter;

  private long number;

  /** Builds the filters. */
  @Setup
  public void start() throws IOException, ServletException {
    int stubPort = Integer.getInteger(JmhPart.STUB_PORT);
    chain = new OneRequest(SpringSetup.chain(stubPort));
    bearerFilter = new OneRequest(SpringSetup.bearerFilterAlone(stubPort));
    number = System.nanoTime();
    check();
  }

  /** Checks before and after that each request gets the response that its benchmark assumes. */
  @TearDown
  public void check() throws IOException, ServletException {
    chain.expect(200, known);
    chain.expect(401, knownInactive);
    chain.expect(401, none);
    chain.expect(200, StubRequest.call(Tokens.of(Tokens.ACTIVE, 2, number++)));
    bearerFilter.expect(200, known);
  }

  /** A token with a cached result. */
  @Benchmark
  public int hit() throws IOException, ServletException {
    return chain.pass(known);
  }

  /** A token with a cached result, through the bearer filter alone. */
  @Benchmark
  public int hitInBearerFilter() throws IOException, ServletException {
    return bearerFilter.pass(known);
  }

  /** A token that is cached as inactive. */
  @Benchmark
  public int refused() throws IOException, ServletException {
    return chain.pass(knownInactive);
  }

  /** No token: the 401 that makes a client log in. */
  @Benchmark
  public int noToken() throws IOException, ServletException {
    return chain.pass(none);
  }

  /** A new token: one introspection request to the stub, over a socket. */
  @Benchmark
  public int introspection() throws IOException, ServletException {
    return chain.pass(StubRequest.call(Tokens.of(Tokens.ACTIVE, 2, number++)));
  }
}
