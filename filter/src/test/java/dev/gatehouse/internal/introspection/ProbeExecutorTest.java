package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Probes run on their own threads, which end when there is nothing to do. */
@Timeout(120)
class ProbeExecutorTest {

  @AutoClose private final ProbeExecutor executor = new ProbeExecutor();

  private record Context(Thread thread, ClassLoader loader, String inherited) {}

  @Test
  void aProbeInheritsNothingFromTheThreadThatStartedIt() throws Exception {
    InheritableThreadLocal<String> caller = new InheritableThreadLocal<>();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    CompletableFuture<Context> inProbe = new CompletableFuture<>();
    CompletableFuture<Context> inTimer = new CompletableFuture<>();
    caller.set("value of the caller");
    Thread.currentThread().setContextClassLoader(new ClassLoader(before) {});
    try {
      assertThat(executor.start(() -> inProbe.complete(currentContext(caller)))).isTrue();
      assertThat(executor.schedule(() -> inTimer.complete(currentContext(caller)), Duration.ZERO))
          .isNotNull();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }

    assertThat(inProbe.get(60, TimeUnit.SECONDS).thread().getName()).isEqualTo("gatehouse-probe");
    for (Context each : new Context[] {inProbe.get(), inTimer.get(60, TimeUnit.SECONDS)}) {
      assertThat(each.thread().isDaemon()).isTrue();
      assertThat(each.inherited()).isEqualTo("none");
      assertThat(each.loader()).isSameAs(ProbeExecutor.class.getClassLoader());
    }
  }

  private static Context currentContext(InheritableThreadLocal<String> caller) {
    Thread thread = Thread.currentThread();
    return new Context(
        thread, thread.getContextClassLoader(), caller.get() == null ? "none" : caller.get());
  }

  @Test
  void aProbeThatHangsDoesNotDelayOthers() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(2);
    assertThat(executor.start(() -> await(never))).isTrue();
    assertThat(executor.start(others::countDown)).isTrue();
    assertThat(executor.schedule(others::countDown, Duration.ZERO)).isNotNull();

    assertThat(others.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theTimerThreadEndsWhenThereIsNothingToDo() throws Exception {
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    assertThat(executor.schedule(() -> timer.complete(Thread.currentThread()), Duration.ZERO))
        .isNotNull();

    timer.get(60, TimeUnit.SECONDS).join(60_000);
    assertThat(timer.get().isAlive()).isFalse();
  }

  @Test
  void closeInterruptsRunningProbesAndDiscardsLaterOnes() throws Exception {
    CompletableFuture<Thread> hanging = new CompletableFuture<>();
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    CountDownLatch never = new CountDownLatch(1);
    assertThat(
            executor.start(
                () -> {
                  hanging.complete(Thread.currentThread());
                  await(never);
                }))
        .isTrue();
    assertThat(executor.schedule(() -> timer.complete(Thread.currentThread()), Duration.ZERO))
        .isNotNull();
    assertThat(executor.schedule(() -> {}, Duration.ofHours(1))).isNotNull();
    timer.get(60, TimeUnit.SECONDS);
    hanging.get(60, TimeUnit.SECONDS);

    executor.close();
    executor.awaitTermination();

    assertThat(hanging.get().isAlive()).isFalse();
    assertThat(timer.get().isAlive()).isFalse();
    assertThat(executor.start(() -> {})).isFalse();
    assertThat(executor.schedule(() -> {}, Duration.ZERO).isDone()).isFalse(); // discarded
  }
}
