package dev.gatehouse;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RequestTable;
import dev.gatehouse.testing.RequestTable.Row;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** Tables of requests, each with the exact response and the clause that requires it. */
class RequestTableTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @ParameterizedTest(name = "{0}")
  @RequestTable("header.txt")
  void theAuthorizationHeader(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("response-members.txt")
  void theMembersOfAnIntrospectionResponse(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("response-form.txt")
  void theFormOfAnIntrospectionResponse(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("response-status.txt")
  void theStatusOfAnIntrospectionResponse(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("types-audiences-issuers.txt")
  void tokenTypesAudiencesAndIssuers(Row row) throws Exception {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @RequestTable("scopes.txt")
  void scopes(Row row) throws Exception {
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
