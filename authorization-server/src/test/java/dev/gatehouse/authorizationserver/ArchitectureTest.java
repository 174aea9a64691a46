package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.gatehouse.testing.Layering;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Enforces the layering that CONTRIBUTING.md and the package-infos describe. */
class ArchitectureTest {

  private static final Map<String, List<String>> ALLOWED =
      Map.of(
          "store", List.of(),
          "store.memory", List.of("store"),
          "store.jdbc", List.of("store", "store.memory"),
          "internal.settings", List.of("store"),
          "internal.keys", List.of("store", "internal.settings"),
          "internal.endpoint", List.of("store", "internal.settings", "internal.keys"),
          "internal.client", List.of("store", "internal.settings", "internal.endpoint"),
          "internal.token",
              List.of(
                  "store",
                  "internal.settings",
                  "internal.keys",
                  "internal.endpoint",
                  "internal.client"),
          "internal.introspection",
              List.of(
                  "store",
                  "internal.settings",
                  "internal.keys",
                  "internal.endpoint",
                  "internal.client"),
          "internal.login",
              List.of(
                  "store",
                  "internal.settings",
                  "internal.endpoint",
                  "internal.client",
                  "internal.token"));

  private static final Layering LAYERING = new Layering(AuthorizationServer.class, ALLOWED);

  @Test
  void packagesHaveNoCycles() {
    LAYERING.checkNoCycles();
  }

  /** The root package is in no row: only the root assembles the parts. */
  @Test
  void aPackageUsesOnlyWhatItsRowAllows() {
    LAYERING.checkRows();
  }

  @Test
  void everyPackageHasARowAndEveryRowAPackage() {
    assertThat(LAYERING.packages()).isEqualTo(LAYERING.rows());
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(LAYERING.packagesWithoutNullMarked()).isEmpty();
  }

  @Test
  void onlyEndpointsUseServlet() {
    LAYERING.checkUsers(
        List.of("", "internal.endpoint", "internal.client", "internal.login"), "jakarta.servlet..");
  }

  @Test
  void onlyTheJdbcStoreUsesJdbc() {
    LAYERING.checkUsers(List.of("store.jdbc"), "java.sql..", "javax.sql..");
  }

  @Test
  void aForbiddenDependencyIsFound() {
    assertThatThrownBy(() -> LAYERING.checkRow("store.memory", List.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("InMemoryTokenStore");
  }

  @Test
  void aCycleIsFound() { // RegisteredClient and its Builder use each other
    assertThatThrownBy(() -> LAYERING.checkNoCycles(JavaClass::getName))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Cycle detected");
  }
}
