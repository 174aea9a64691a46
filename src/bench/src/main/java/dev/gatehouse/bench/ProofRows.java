package dev.gatehouse.bench;

/** The rows about DPoP proofs, from the results of JMH. */
final class ProofRows {

  private final JmhResults results;

  ProofRows(JmhResults results) {
    this.results = results;
  }

  void addTo(Table table) {
    if (results.haveAnyOf(ProofBenchmark.class)) {
      table.part("DPoP, for each request (JMH): time ± deviation; processor time; bytes");
      add(table, "ES256", "ProofBenchmark.es256");
      add(table, "RS256", "ProofBenchmark.rs256");
    }
  }

  private void add(Table table, String algorithm, String all) {
    String signature = all + "SignatureAlone";
    table.row(
        new Table.Row(algorithm + ", Nimbus: signature alone")
            .with(Variant.GATEHOUSE, results.text(signature)));
    double ratio = results.cpuNanos(all) / results.cpuNanos(signature);
    table.row(
        new Table.Row(algorithm + ", all checks; times the signature alone")
            .with(Variant.GATEHOUSE, results.text(all))
            .goal(Goal.atMost(1.15, " ×"), ratio));
  }
}
