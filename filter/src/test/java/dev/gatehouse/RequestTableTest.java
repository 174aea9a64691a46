package dev.gatehouse;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RequestTable;
import dev.gatehouse.testing.RequestTable.Row;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Requests by the hundred, each with the exact answer that it must get and the clause that says so.
 */
class RequestTableTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @ParameterizedTest(name = "{0}")
  @RequestTable("header.txt")
  void theAuthorizationHeader(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("answer-members.txt")
  void theMembersOfAnIntrospectionAnswer(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("answer-form.txt")
  void theFormOfAnIntrospectionAnswer(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("answer-status.txt")
  void theStatusOfAnIntrospectionAnswer(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("whose-token.txt")
  void whoseTokenItIs(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("scopes.txt")
  void whatTheTokenAllows(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("methods-and-origins.txt")
  void methodsOriginsAndWellKnownPaths(Row row) throws Exception {
    check(row);
  }

  private void check(Row row) throws Exception {
    Map<String, String> settings = new TreeMap<>(row.settings());
    settings.remove("expected-scopes");
    try (GuardedServer guarded = new GuardedServer(settings)) {
      new RowCheck(guarded, log, row).run();
    }
  }
}
