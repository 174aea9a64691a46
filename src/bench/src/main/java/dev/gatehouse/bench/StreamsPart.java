package dev.gatehouse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Many open event streams: their memory and threads, and how fast they end with their tokens. */
final class StreamsPart {

  /** Files that this process and the servers need besides the connections. */
  private static final int OTHER_FILES = 1_000;

  /** So few that a thread for each of many would show. */
  private static final int FEW = 10;

  /** Each round opens all streams three times. */
  private static final int MAX_ROUNDS = 3;

  private static final String MAX_OPEN_FILES = "Max open files";

  private final Plan plan;
  private final Stub stub;

  StreamsPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  /** A server with few streams and then with many. */
  private record Runs(StreamRun few, StreamRun many) {

    double bytes() {
      return many.costs().bytes();
    }

    double bytesLeft() {
      return many.costs().bytesLeft();
    }

    int additionalThreads() {
      return many.peakThreads() - few.peakThreads();
    }

    String threads() {
      return few.peakThreads() + "; " + many.peakThreads();
    }
  }

  void run(Table table) throws IOException {
    stub.delay(0);
    int count = count();
    Runs none = measure(Variant.NO_FILTER, count);
    Runs again = measure(Variant.NO_FILTER_AGAIN, count);
    Runs gatehouse = measure(Variant.GATEHOUSE, count);
    table.part(title(count));
    addMemory(table, none, again, gatehouse);
    table.row(
        new Table.Row("maximum number of threads with %d streams; with all".formatted(FEW))
            .with(Variant.NO_FILTER, none.threads())
            .with(Variant.NO_FILTER_AGAIN, again.threads())
            .with(Variant.GATEHOUSE, gatehouse.threads())
            .goal(Goal.atMost(0, " more"), gatehouse.additionalThreads()));
    table.row(
        new Table.Row(
                "from the end of all %,d by the servlet to the end of the last, ms"
                    .formatted(count))
            .with(Variant.NO_FILTER, millis(none.many().ends().byServlet))
            .with(Variant.NO_FILTER_AGAIN, millis(again.many().ends().byServlet))
            .with(Variant.GATEHOUSE, millis(gatehouse.many().ends().byServlet)));
    addEnds(table, gatehouse.many().ends(), count);
  }

  private Runs measure(Variant variant, int count) throws IOException {
    boolean filter = variant == Variant.GATEHOUSE;
    try (StreamTarget server = StreamTarget.start(variant, stub)) {
      return new Runs(
          StreamRun.of(server, FEW, 1, filter),
          StreamRun.of(server, count, Math.min(plan.rounds(), MAX_ROUNDS), filter));
    }
  }

  private static void addMemory(Table table, Runs none, Runs again, Runs gatehouse) {
    double added = gatehouse.bytes() - none.bytes();
    table.row(
        new Table.Row("live heap per open stream, bytes, above no filter")
            .with(Variant.NO_FILTER, bytes("%,.0f", none.bytes()))
            .with(Variant.NO_FILTER_AGAIN, bytes("%+,.0f", again.bytes() - none.bytes()))
            .with(Variant.GATEHOUSE, bytes("%+,.0f", added))
            .goal(Goal.atMost(2048, " B"), added));
    table.row(
        new Table.Row("live heap left behind per stream, bytes, above no filter")
            .with(Variant.NO_FILTER, bytes("%,.0f", none.bytesLeft()))
            .with(Variant.NO_FILTER_AGAIN, bytes("%+,.0f", again.bytesLeft() - none.bytesLeft()))
            .with(Variant.GATEHOUSE, bytes("%+,.0f", gatehouse.bytesLeft() - none.bytesLeft())));
  }

  private static void addEnds(Table table, StreamEnds ends, int count) {
    addTimes(
        table,
        "from the eviction of a user to the end of the last of %,d streams, ms"
            .formatted(count / 2),
        ends.afterUser);
    addTimes(
        table,
        "from the eviction of all to the end of the other %,d, ms".formatted(count - count / 2),
        ends.afterAll);
    addTimes(
        table, "from `exp` to the end of the last of %,d, ms".formatted(count), ends.afterExpiry);
    table.row(
        new Table.Row(
                "streams not ended within %d s; ended too early; ended without the final chunk"
                    .formatted(StreamEnds.LIMIT.toSeconds()))
            .with(
                Variant.GATEHOUSE, "%,d; %,d; %,d".formatted(ends.stillOpen, ends.early, ends.torn))
            .goal(Goal.atMost(0, ""), ends.stillOpen + ends.early + ends.torn));
  }

  private static void addTimes(Table table, String what, List<Double> millis) {
    table.row(
        new Table.Row(what)
            .with(Variant.GATEHOUSE, millis(millis))
            .goal(Goal.atMost(1000, " ms"), spread(millis).maximum()));
  }

  private static String millis(List<Double> millis) {
    return spread(millis).text("%,.0f");
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String bytes(String format, double bytes) {
    return String.format(Locale.ROOT, format, bytes);
  }

  private String title(int count) {
    String title = "Open event streams on Jetty: %,d".formatted(count);
    return count == plan.openStreams()
        ? title
        : title + ", because this process may not open more files";
  }

  /** The planned number of streams, or fewer if this process may not open as many files. */
  private int count() throws IOException {
    Path limits = Path.of("/proc/self/limits");
    if (!Files.isReadable(limits)) {
      return plan.openStreams();
    }
    for (String line : Files.readAllLines(limits)) {
      if (line.startsWith(MAX_OPEN_FILES)) {
        String soft = line.substring(MAX_OPEN_FILES.length()).strip().split("\\s+", 2)[0];
        return soft.equals("unlimited")
            ? plan.openStreams()
            : (int) Math.min(plan.openStreams(), Long.parseLong(soft) - OTHER_FILES);
      }
    }
    return plan.openStreams();
  }
}
