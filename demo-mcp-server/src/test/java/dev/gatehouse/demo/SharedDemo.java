package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A demo with its defaults, shared by all tests of a class:
 *
 * <pre>
 * &#64;RegisterExtension static final SharedDemo demo = new SharedDemo();
 * </pre>
 */
final class SharedDemo implements BeforeAllCallback, AfterAllCallback {

  private @Nullable RunningDemo running;

  @Override
  public void beforeAll(ExtensionContext context) throws StartFailedException {
    running = RunningDemo.start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    running().close();
  }

  private RunningDemo running() {
    return requireNonNull(running, "not started");
  }

  int port() {
    return running().port();
  }

  String origin() {
    return running().origin();
  }

  String endpoint() {
    return running().endpoint();
  }

  String token(String scope) {
    return running().token(scope);
  }
}
