package dev.gatehouse.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The live heap per cached token. */
final class MemoryPart {

  private static final List<String> OPTIONS = List.of("-Xmx1g", "-XX:+UseSerialGC");

  private final Plan plan;
  private final Stub stub;

  MemoryPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  void run(Table table) throws IOException {
    double gatehouse = bytesPerToken(Variant.GATEHOUSE);
    double spring = bytesPerToken(Variant.SPRING);
    table.part("Cache of %,d tokens, nine claims each".formatted(plan.cachedTokens()));
    table.row(
        new Table.Row("live heap per cached token, bytes")
            .with(Variant.GATEHOUSE, text(gatehouse))
            .with(Variant.SPRING, text(spring))
            .goal(Goal.atMost(500, " B"), gatehouse));
  }

  private double bytesPerToken(Variant variant) throws IOException {
    stub.delay(0);
    String bytes =
        Child.output(
            Child.OWN_JAVA,
            OPTIONS,
            HeapOfCache.class,
            variant.name(),
            Integer.toString(stub.port()),
            Integer.toString(plan.cachedTokens()));
    Progress.dot();
    long introspections = stub.counts().introspections();
    if (introspections != plan.cachedTokens()) {
      System.err.printf(
          "%n%s sent %,d introspection requests for %,d tokens: some were evicted%n",
          variant.title(), introspections, plan.cachedTokens());
      return Double.NaN;
    }
    return Double.parseDouble(bytes);
  }

  private static String text(double bytes) {
    return Double.isNaN(bytes) ? "some evicted" : String.format(Locale.ROOT, "%,.0f", bytes);
  }
}
