package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.TestHygiene;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link TestHygiene} must fail a test on each violation of its rules. */
class TestHygieneTest {

  private static final String SECRET = "a-secret-of-this-test-alone";

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  @RegisterExtension final LogWatch log = new LogWatch();

  /** As in a module, with a secret of its own and a short wait for threads to end. */
  static final class Hygiene extends TestHygiene {
    Hygiene() {
      super(Duration.ofMillis(50));
    }

    @Override
    protected boolean containsSecret(String text) {
      return text.contains(SECRET);
    }
  }

  private static Thread startThread(String name) {
    Thread thread =
        new Thread(
            () -> {
              try {
                NEVER.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Tests that keep or violate the rules. */
  @ExtendWith(Hygiene.class)
  static class Specimens {
    private static final Logger LOGGER = LoggerFactory.getLogger(McpAuthFilter.class);

    @RegisterExtension final LogWatch log = new LogWatch();

    @Test
    void logsInfo() {
      LOGGER.info("all is well");
    }

    @Test
    void logsWhatItHasAnnounced() {
      log.announce("as expected");
      LOGGER.warn("as expected, and more");
    }

    @LogsWarning("as expected")
    @Test
    void logsWhatItsAnnotationAnnounces() {
      LOGGER.warn("as expected, and more");
    }

    @Test
    void logsAWarning() {
      LOGGER.warn("unexpected");
    }

    @Test
    void doesNotLogWhatItHasAnnounced() {
      log.announce("never logged");
    }

    @Test
    void logsASecretAsAnArgument() {
      LOGGER.trace("token {}", SECRET);
    }

    @Test
    void logsASecretInAnException() {
      LOGGER.debug("failed", new IllegalStateException(new IllegalStateException(SECRET)));
    }

    @Test
    void logsASecretInAnExceptionThatItSuppresses() {
      IllegalStateException thrown = new IllegalStateException();
      thrown.addSuppressed(new IllegalStateException(SECRET));
      LOGGER.debug("failed", thrown);
    }

    @Test
    void logsASecretAsAKeyAndValue() {
      LOGGER.atInfo().addKeyValue("token", SECRET).log("has one");
    }

    @Test
    void leavesAThread() {
      startThread("left-1");
    }
  }

  /** A thread of the whole class, and a thread that each test starts and ends. */
  @ExtendWith(Hygiene.class)
  static class WithAPoolOfTheClass {
    static List<Thread> pool = List.of();
    private List<Thread> own = List.of();

    @BeforeAll
    static void startPool() {
      pool = List.of(startThread("pool-of-the-class-1"));
    }

    @BeforeEach
    void start() {
      own = List.of(startThread("of-one-test-1"));
    }

    @AfterEach
    void stop() throws InterruptedException {
      end(own);
    }

    @AfterAll
    static void stopPool() throws InterruptedException {
      end(pool);
    }

    private static void end(List<Thread> threads) throws InterruptedException {
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    }

    @Test
    void addsToThePool() {
      pool = List.of(pool.get(0), startThread("pool-of-the-class-2"));
    }

    @Test
    void leavesAThreadOutsideThePool() {
      startThread("pool-of-the-class-3");
    }
  }

  @AfterEach
  void endLeftThreads() {
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(left|pool-of-the-class)-\\d"))
        .forEach(Thread::interrupt);
  }

  private static List<String> failures(Class<?> specimens, String test) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(specimens, test))
        .execute()
        .allEvents()
        .failed()
        .stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class).getThrowable())
        .map(thrown -> String.valueOf(thrown.orElseThrow().getMessage()))
        .toList();
  }

  private static void assertFails(String test, String message) {
    assertThat(failures(Specimens.class, test)).singleElement().asString().startsWith(message);
  }

  @Test
  void aTestWithoutViolationsPasses() {
    log.announce("as expected");
    assertThat(failures(Specimens.class, "logsInfo")).isEmpty();
    assertThat(failures(Specimens.class, "logsWhatItHasAnnounced")).isEmpty();
    assertThat(failures(Specimens.class, "logsWhatItsAnnotationAnnounces")).isEmpty();
    assertThat(failures(WithAPoolOfTheClass.class, "addsToThePool")).isEmpty();
  }

  @Test
  void aWarningMustBeAnnounced() {
    log.announce("unexpected");
    assertFails("logsAWarning", "logged and not announced: WARN [unexpected");
  }

  @Test
  void anAnnouncedWarningMustBeLogged() {
    assertFails("doesNotLogWhatItHasAnnounced", "announced and not logged: never logged");
  }

  @Test
  void aSecretIsFoundInEveryPartOfAnEvent() {
    for (String test :
        List.of(
            "logsASecretAsAnArgument",
            "logsASecretInAnException",
            "logsASecretInAnExceptionThatItSuppresses",
            "logsASecretAsAKeyAndValue")) {
      assertFails(test, "a token or secret in the log: [");
    }
  }

  @Test
  void aThreadMustEndWithItsTest() {
    assertThat(failures(Specimens.class, "leavesAThread"))
        .hasSize(2) // the test, and its class
        .allMatch(message -> message.startsWith("thread left behind: left-1"));
  }

  @Test
  void aThreadOfAClassMustEndWithIt() {
    assertThat(failures(WithAPoolOfTheClass.class, "leavesAThreadOutsideThePool"))
        .singleElement()
        .asString()
        .startsWith("thread left behind: pool-of-the-class-3");
  }
}
