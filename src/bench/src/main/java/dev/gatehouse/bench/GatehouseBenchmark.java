package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
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

/** The filter of Gatehouse alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GatehouseBenchmark {

  private final StubRequest known = StubRequest.call(Tokens.of(Tokens.ACTIVE, 1, 1));
  private final StubRequest knownInactive = StubRequest.call(Tokens.of(Tokens.INACTIVE, 1, 1));
  private final StubRequest none = StubRequest.callWithoutToken();
  private final StubRequest document = StubRequest.metadata();

  @SuppressWarnings("NullAway.Init")
  private OneRequest request;

  @SuppressWarnings("NullAway.Init")
  private OneRequest bytes;

  @SuppressWarnings("NullAway.Init")
  private OneRequest text;

  private long number;

  /** Starts the filter. */
  @Setup
  public void start() throws IOException, ServletException {
    McpAuthFilter filter = GatehouseSetup.alone(Integer.getInteger(JmhPart.STUB_PORT));
    request = new OneRequest(filter);
    bytes = new OneRequest(filter, new AnsweringChain(false));
    text = new OneRequest(filter, new AnsweringChain(true));
    number = System.nanoTime();
    check();
  }

  /** Checks before and after that each request gets the response that its benchmark assumes. */
  @TearDown
  public void check() throws IOException, ServletException {
    request.expect(200, known);
    checkBody(bytes);
    checkBody(text);
    request.expect(401, knownInactive);
    request.expect(401, none);
    request.expect(200, StubRequest.call(Tokens.of(Tokens.ACTIVE, 2, number++)));
  }

  private void checkBody(OneRequest answering) throws IOException, ServletException {
    String body = answering.body(known);
    if (!body.equals(AnsweringChain.MESSAGE)) {
      throw new IllegalStateException("the client gets " + body);
    }
  }

  /** A token with a cached result. */
  @Benchmark
  public int hit() throws IOException, ServletException {
    return request.pass(known);
  }

  /** The same, and the servlet writes a small message to the output stream. */
  @Benchmark
  public int hitWithBytes() throws IOException, ServletException {
    return bytes.pass(known);
  }

  /** The same, and the servlet writes a small message to the writer. */
  @Benchmark
  public int hitWithText() throws IOException, ServletException {
    return text.pass(known);
  }

  /** A token that is cached as inactive. */
  @Benchmark
  public int refused() throws IOException, ServletException {
    return request.pass(knownInactive);
  }

  /** No token: the 401 that makes a client log in. */
  @Benchmark
  public int noToken() throws IOException, ServletException {
    return request.pass(none);
  }

  /** The protected resource metadata. */
  @Benchmark
  public int metadata() throws IOException, ServletException {
    return request.pass(document);
  }

  /** A new token: one introspection request to the stub, over a socket. */
  @Benchmark
  public int introspection() throws IOException, ServletException {
    return request.pass(StubRequest.call(Tokens.of(Tokens.ACTIVE, 2, number++)));
  }
}
