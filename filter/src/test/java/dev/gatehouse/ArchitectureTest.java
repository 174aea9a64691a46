package dev.gatehouse;

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
      Map.ofEntries(
          row("endpoint", "verify", "refusal", "discovery", "http", "servlet", "token", "reload"),
          row(
              "settings",
              "introspection",
              "jwt",
              "clientauth",
              "mcp",
              "proof",
              "http",
              "token",
              "syntax",
              "reload"),
          row("verify", "introspection", "jwt", "http", "observe", "token", "syntax", "concurrent"),
          row(
              "introspection",
              "jwt",
              "claims",
              "clientauth",
              "discovery",
              "http",
              "observe",
              "token",
              "syntax"),
          row("jwt", "claims", "discovery", "http", "token", "syntax"),
          row("clientauth", "discovery", "http", "token", "reload"),
          row("claims", "token", "syntax"),
          row("discovery", "http", "token", "syntax", "concurrent"),
          row("refusal", "servlet", "token"),
          row("rules", "token", "syntax"),
          row("proof", "servlet", "token", "syntax"),
          row("mcp", "rules", "refusal", "servlet", "token", "syntax", "reload"),
          row("session", "verify", "servlet", "token"),
          row("stream", "verify", "servlet", "token"),
          row("servlet", "token", "syntax"),
          row("observe", "token"),
          row("http", "reload"),
          row("token"),
          row("syntax"),
          row("reload"),
          row("concurrent"));

  private static final Layering LAYERING = new Layering(McpAuthFilter.class, ALLOWED);

  private static Map.Entry<String, List<String>> row(String name, String... used) {
    return Map.entry(
        "internal." + name, List.of(used).stream().map(each -> "internal." + each).toList());
  }

  @Test
  void packagesHaveNoCycles() {
    LAYERING.checkNoCycles();
  }

  /** Neither the root nor any other package outside its row: only the root assembles the parts. */
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
  void onlyTheEdgesOfARequestUseServlet() {
    LAYERING.checkUsers(
        List.of(
            "",
            "internal.servlet",
            "internal.refusal",
            "internal.endpoint",
            "internal.mcp",
            "internal.session"),
        "jakarta.servlet..");
  }

  @Test
  void onlyTheHttpPackageUsesItsLibrary() {
    LAYERING.checkUsers(List.of("internal.http"), "org.apache.hc..");
  }

  /** Its messages, keys, tokens and signatures; other packages see our own types. */
  @Test
  void onlyWhatSpeaksToAuthorizationServersUsesNimbus() {
    LAYERING.checkUsers(
        List.of(
            "internal.introspection",
            "internal.jwt",
            "internal.clientauth",
            "internal.discovery",
            "internal.http",
            "internal.proof"),
        "com.nimbusds.oauth2.sdk",
        "com.nimbusds.oauth2.sdk.auth..",
        "com.nimbusds.oauth2.sdk.http..",
        "com.nimbusds.oauth2.sdk.id..",
        "com.nimbusds.oauth2.sdk.token..",
        "com.nimbusds.jose..",
        "com.nimbusds.jwt..");
  }

  @Test
  void onlyTheMetricsOfTheRootPackageUseMicrometer() {
    LAYERING.checkUsers(List.of(""), "io.micrometer..");
  }

  @Test
  void aForbiddenDependencyIsFound() {
    assertThatThrownBy(() -> LAYERING.checkRow("internal.rules", List.of("internal.token")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ServerUri");
  }

  @Test
  void aCycleIsFound() { // McpAuthFilter and FilterRegistrar use each other
    assertThatThrownBy(() -> LAYERING.checkNoCycles(JavaClass::getName))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Cycle detected");
  }
}
