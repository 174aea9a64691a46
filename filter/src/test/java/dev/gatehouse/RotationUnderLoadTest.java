package dev.gatehouse;

import static dev.gatehouse.CredentialFiles.NEW;
import static dev.gatehouse.CredentialFiles.OLD;
import static dev.gatehouse.CredentialFiles.authorization;
import static dev.gatehouse.CredentialFiles.basic;
import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rotation of a client secret under load. */
class RotationUnderLoadTest {

  private static final String NEWEST = Secrets.MARKER + "-newest-secret-of-at-least-32-bytes";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;

  /** Sends uncached tokens while the server accepts one secret after another. */
  @Test
  void aRotationUnderLoadFailsNoRequest() throws Exception {
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    Map<String, AtomicInteger> acceptedRequests = new ConcurrentHashMap<>();
    accepted.add(basic(OLD));
    CredentialFiles files = new CredentialFiles(directory);
    try (GuardedServer guarded = files.guardedWithSecret("client_secret_basic");
        Load load = new Load(guarded)) {
      String active = guarded.activeResponse("");
      guarded.as.introspection(
          exchange -> {
            boolean isAccepted;
            synchronized (accepted) {
              isAccepted = accepted.contains(authorization(exchange));
            }
            if (isAccepted) {
              acceptedRequests
                  .computeIfAbsent(authorization(exchange), any -> new AtomicInteger())
                  .incrementAndGet();
            }
            (isAccepted ? json(200, active) : json(401, "{\"error\":\"invalid_client\"}"))
                .respond(exchange);
          });
      load.start();
      load.until("the old secret is used", () -> acceptedRequests.containsKey(basic(OLD)));

      // Recommended: the server accepts both secrets for a while.
      accepted.add(basic(NEW));
      Files.move(
          files.write("secret.tmp", NEW),
          directory.resolve("secret"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      load.until("the new secret is used", () -> acceptedRequests.containsKey(basic(NEW)));
      accepted.remove(basic(OLD));
      load.untilMore(200);

      // Abrupt: from one request to the next it accepts only the newest secret.
      synchronized (accepted) {
        files.write("secret", NEWEST);
        accepted.remove(basic(NEW));
        accepted.add(basic(NEWEST));
      }
      load.until("the newest secret is used", () -> acceptedRequests.containsKey(basic(NEWEST)));
      load.untilMore(200);

      assertThat(load.failures()).isEmpty();
    }
    assertThat(log.messages())
        .filteredOn("INFO client-secret-file has changed and is in use"::equals)
        .hasSize(2);
  }

  /** Threads that send requests without a pause. */
  private static final class Load implements AutoCloseable {
    private static final int THREADS = 4;

    private final GuardedServer guarded;
    private final AtomicBoolean sending = new AtomicBoolean(true);
    private final AtomicInteger completed = new AtomicInteger();
    private final Map<Integer, Integer> failures = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private List<Future<Void>> running = List.of();

    Load(GuardedServer guarded) {
      this.guarded = guarded;
    }

    void start() {
      Callable<Void> sendAll =
          () -> {
            while (sending.get()) {
              int status = guarded.status(Secrets.token());
              if (status != 200) {
                failures.merge(status, 1, Integer::sum);
              }
              completed.incrementAndGet();
            }
            return null;
          };
      running = IntStream.range(0, THREADS).mapToObj(i -> threads.submit(sendAll)).toList();
    }

    void until(String what, Callable<Boolean> condition) {
      Await.until(
          what,
          () -> {
            assertThat(running).noneMatch(Future::isDone);
            return condition.call();
          });
    }

    void untilMore(int count) {
      int goal = completed.get() + count;
      until(count + " more requests", () -> completed.get() >= goal);
    }

    Map<Integer, Integer> failures() throws Exception {
      sending.set(false);
      for (Future<Void> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
      return failures;
    }

    @Override
    public void close() {
      sending.set(false);
      threads.shutdownNow();
    }
  }
}
