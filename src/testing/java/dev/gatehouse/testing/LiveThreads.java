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

/** The threads that were alive at one moment, to be compared with those alive later. */
@NullMarked
final class LiveThreads {

  /**
   * Threads of the JVM or of the test run, which nobody can end: {@code HttpClient-} belongs to the
   * JDK's client, which JDK 17 closes only when it is collected.
   */
  private static final Pattern SHARED =
      Pattern.compile(
          "(ForkJoinPool\\.commonPool-|CompletableFutureDelayScheduler|HttpClient-\\d|junit-"
              + "|surefire-|process reaper|Attach Listener|Keep-Alive-Timer).*");

  private final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
  private final Set<String> pools =
      threads.stream().map(LiveThreads::pool).collect(Collectors.toSet());

  /**
   * Waits for the threads started since to end.
   *
   * @param exempt whether a thread of this name may stay
   * @param poolsMayGrow whether a pool that already had a thread may have started more
   * @return those still running afterwards, each with its stack
   */
  List<String> startedSince(Duration patience, Predicate<String> exempt, boolean poolsMayGrow) {
    if (Await.isTrueWithin(patience, () -> added(exempt, poolsMayGrow).isEmpty())) {
      return List.of();
    }
    return added(exempt, poolsMayGrow).stream()
        .map(thread -> "thread left behind: " + thread.getName() + stack(thread))
        .toList();
  }

  private List<Thread> added(Predicate<String> exempt, boolean poolsMayGrow) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !threads.contains(thread) && isOurs(thread))
        .filter(thread -> !exempt.test(thread.getName()))
        .filter(thread -> !(poolsMayGrow && isOfThePools(thread)))
        .toList();
  }

  private static boolean isOurs(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    boolean isOfTheJvm = group == null || group.getParent() == null;
    return !isOfTheJvm
        && !group.getName().equals("InnocuousThreadGroup")
        && !SHARED.matcher(thread.getName()).matches();
  }

  /** Jetty starts the one thread of its scheduler when it first needs it. */
  private boolean isOfThePools(Thread thread) {
    return pools.contains(pool(thread)) || thread.getName().matches("Scheduler-\\d+-1");
  }

  /** The name without the number at its end. */
  private static String pool(Thread thread) {
    return thread.getName().replaceFirst("\\d+$", "");
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }
}
