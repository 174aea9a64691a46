package dev.gatehouse.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Fails a test that logs a token or secret, logs an event at WARN or above without announcing it,
 * does not log an event that it has announced, or leaves a thread running.
 *
 * <p>Each module registers a subclass, which recognizes the module's secrets, in {@code
 * META-INF/services}, so it applies to all tests of the module. Threads that the tests of one class
 * share are checked after the class.
 */
@NullMarked
public abstract class TestHygiene
    implements BeforeAllCallback, TestInstancePreConstructCallback, BeforeEachCallback {

  /** Reactor's shared schedulers, and those that the MCP SDK creates and never disposes of. */
  private static final Pattern MCP_SDK_THREAD =
      Pattern.compile(
          "(boundedElastic|parallel|single)-.*|streamable-http-server-transport-session-sweeper-.*");

  private static final Namespace NAMESPACE = Namespace.create(TestHygiene.class);

  private final Duration timeout;

  /** The log and the threads of one test class while it runs. */
  private final class State implements AutoCloseable {
    final CapturedLog log = new CapturedLog();
    final LiveThreads beforeClass = new LiveThreads();
    LiveThreads beforeTest = beforeClass;

    void checkTest(ExtensionContext test) {
      if (test.getExecutionException().isPresent()) {
        System.err.println("failed: " + test.getDisplayName());
        log.messages().forEach(message -> System.err.println("logged: " + message));
        log.clear();
      } else {
        check(beforeTest.startedSince(timeout, TestHygiene.this::isExempt, true));
      }
    }

    /** Reads the log after the threads have ended, since they may log while they end. */
    private void check(List<String> threads) {
      List<String> violations = new ArrayList<>(log.violations(TestHygiene.this::containsSecret));
      violations.addAll(threads);
      log.clear();
      if (!violations.isEmpty()) {
        throw new AssertionError(String.join("\n", violations));
      }
    }

    @Override
    public void close() {
      List<String> threads = beforeClass.startedSince(timeout, TestHygiene.this::isExempt, false);
      log.stop();
      check(threads);
    }
  }

  /**
   * Creates the extension.
   *
   * @param timeout how long to wait for threads to end
   */
  protected TestHygiene(Duration timeout) {
    this.timeout = timeout;
  }

  /** Whether this text contains a token or secret of the tests, in plain text or encoded. */
  protected abstract boolean containsSecret(String text);

  /** Whether a thread of this name may keep running: a library shares it or never ends it. */
  protected boolean isExempt(String threadName) {
    return MCP_SDK_THREAD.matcher(threadName).matches();
  }

  /** The captured log of the running test. */
  public static CapturedLog log(ExtensionContext context) {
    return Objects.requireNonNull(state(context), "TestHygiene is not registered").log;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (state(context) == null) { // a nested class uses the state of its outer class
      State state = new State();
      store(context).put(State.class, state);
      state.log.start();
    }
  }

  @Override
  public void preConstructTestInstance(
      TestInstanceFactoryContext factoryContext, ExtensionContext context) {
    State state = state(context);
    if (state != null) {
      state.beforeTest = new LiveThreads();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    State state = Objects.requireNonNull(state(context));
    if (context.getTestInstanceLifecycle().equals(Optional.of(Lifecycle.PER_CLASS))) {
      state.beforeTest = new LiveThreads();
    }
    state.check(List.of()); // checks what the class or the constructor has logged
    LogsWarning announced = context.getRequiredTestMethod().getAnnotation(LogsWarning.class);
    if (announced != null) {
      List.of(announced.value()).forEach(state.log::announce);
      List.of(announced.maybe()).forEach(state.log::allow);
    }
    // The store is closed last, after @AutoClose fields too.
    AutoCloseable check = () -> state.checkTest(context);
    store(context).put(AutoCloseable.class, check);
  }

  private static @Nullable State state(ExtensionContext context) {
    return store(context).get(State.class, State.class);
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }
}
