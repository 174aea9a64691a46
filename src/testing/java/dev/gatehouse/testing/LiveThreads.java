package dev.gatehouse.testing;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/** A snapshot of the live threads, to find the threads started after it. */
@NullMarked
final class LiveThreads {

  /**
   * Threads of the JVM or of the test run, which a test cannot end. {@code HttpClient-} belongs to
   * the JDK's client, which JDK 17 closes only when it is garbage-collected.
   */
  private static final Pattern SHARED =
      Pattern.compile(
          "(ForkJoinPool\\.commonPool-|CompletableFutureDelayScheduler|HttpClient-\\d|junit-"
              + "|surefire-|process reaper|Attach Listener|Keep-Alive-Timer).*");

  /**
   * Threads that a server or filter starts on first use and ends after it has been idle: Jetty's
   * scheduler, and ours for streams and probes. To wait for each after each test takes seconds.
   */
  private static final Pattern ON_DEMAND =
      Pattern.compile("Scheduler-\\d+-1|gatehouse-(stream|probe).*");

  /** Where the JVM keeps its own threads, such as those that run virtual threads. */
  private static final Set<String> JVM_GROUPS = Set.of("InnocuousThreadGroup", "CarrierThreads");

  private final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
  private final Set<String> pools =
      threads.stream().map(LiveThreads::pool).collect(Collectors.toSet());

  /**
   * Waits until the threads started since the snapshot have ended.
   *
   * @param exempt whether a thread of this name may keep running
   * @param poolsMayGrow whether a pool in the snapshot, or one that starts threads on demand, may
   *     have started more
   * @return the threads still running when {@code timeout} is over, each with its stack trace
   */
  List<String> startedSince(Duration timeout, Predicate<String> exempt, boolean poolsMayGrow) {
    if (Await.isTrueWithin(timeout, () -> added(exempt, poolsMayGrow).isEmpty())) {
      return List.of();
    }
    return added(exempt, poolsMayGrow).stream()
        .map(thread -> "thread left behind: " + thread.getName() + stack(thread))
        .toList();
  }

  private List<Thread> added(Predicate<String> exempt, boolean poolsMayGrow) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread -> thread.isAlive() && !threads.contains(thread) && isApplicationThread(thread))
        .filter(thread -> !exempt.test(thread.getName()))
        .filter(thread -> !(poolsMayGrow && belongsToKnownPool(thread)))
        .toList();
  }

  private static boolean isApplicationThread(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    boolean belongsToJvm = group == null || group.getParent() == null;
    return !belongsToJvm
        && !JVM_GROUPS.contains(group.getName())
        && !SHARED.matcher(thread.getName()).matches();
  }

  private boolean belongsToKnownPool(Thread thread) {
    return pools.contains(pool(thread)) || ON_DEMAND.matcher(thread.getName()).matches();
  }

  /** The thread's name without its trailing number. */
  private static String pool(Thread thread) {
    return thread.getName().replaceFirst("\\d+$", "");
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }
}
