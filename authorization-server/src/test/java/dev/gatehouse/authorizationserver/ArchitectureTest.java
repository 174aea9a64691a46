package dev.gatehouse.authorizationserver;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Enforces the layering that the package-infos describe. */
class ArchitectureTest {
  private static final String ROOT = "dev.gatehouse.authorizationserver";
  private static final String SERVLET = "jakarta.servlet..";
  private static final String[] JDBC = {"java.sql..", "javax.sql.."};

  /** Each package but the root, which assembles all others, and the packages that it may use. */
  private static final Map<String, List<String>> ALLOWED =
      Map.of(
          "store", List.of(),
          "store.memory", List.of("store"),
          "store.jdbc", List.of("store", "store.memory"),
          "internal.settings", List.of("store"),
          "internal.endpoint", List.of("store", "internal.settings"),
          "internal.client", List.of("store", "internal.settings", "internal.endpoint"),
          "internal.token",
              List.of("store", "internal.settings", "internal.endpoint", "internal.client"),
          "internal.introspection",
              List.of("store", "internal.settings", "internal.endpoint", "internal.client"),
          "internal.login",
              List.of(
                  "store",
                  "internal.settings",
                  "internal.endpoint",
                  "internal.client",
                  "internal.token"));

  /** The packages that read Servlet requests or write Servlet responses. */
  private static final String[] SERVLET_PACKAGES = {
    ROOT, ROOT + ".internal.endpoint", ROOT + ".internal.client", ROOT + ".internal.login"
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packagesHaveNoCycles() {
    check(noCycles(JavaClass::getPackageName));
  }

  @Test
  void aPackageUsesOnlyWhatItsRowAllows() {
    ALLOWED.forEach((name, allowed) -> check(layering(name, allowed)));
  }

  @Test
  void everyPackageHasARow() {
    Set<String> expected = new TreeSet<>(Set.of(ROOT));
    ALLOWED.keySet().forEach(name -> expected.add(ROOT + "." + name));

    assertThat(packages()).isEqualTo(expected);
  }

  @Test
  void onlyTheRootPackageUsesTheRootPackage() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".internal..", ROOT + ".store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT));
  }

  @Test
  void onlyEndpointsUseServlet() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(SERVLET_PACKAGES)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVLET));
    for (String name : SERVLET_PACKAGES) {
      assertThat(uses(name, SERVLET)).as("%s needs Servlet", name).isTrue();
    }
  }

  @Test
  void onlyTheJdbcStoreUsesJdbc() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".store.jdbc")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(JDBC));
    assertThat(uses(ROOT + ".store.jdbc", JDBC)).isTrue();
  }

  @Test
  void everyPackageIsNullMarked() {
    // NullMarked is on the package-info class, so a package without a package-info fails as well.
    for (String name : packages()) {
      JavaPackage found = CLASSES.getPackage(name);

      assertThat(found.isAnnotatedWith(NullMarked.class)).as(name).isTrue();
    }
  }

  @Test
  void aForbiddenDependencyIsFound() {
    assertThatThrownBy(() -> check(layering("store.memory", List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("InMemoryTokenStore");
  }

  @Test // RegisteredClient and its Builder use each other
  void aCycleIsFound() {
    assertThatThrownBy(() -> check(noCycles(JavaClass::getName)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Cycle detected");
  }

  private static ArchRule noCycles(Function<JavaClass, String> slice) {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return SliceIdentifier.of(slice.apply(javaClass));
              }

              @Override
              public String getDescription() {
                return "slices";
              }
            })
        .should()
        .beFreeOfCycles();
  }

  private static ArchRule layering(String name, List<String> allowed) {
    String[] permitted =
        Stream.concat(Stream.of(name), allowed.stream())
            .map(other -> ROOT + "." + other)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(permitted)))
        .as(name + " may use only " + Arrays.toString(permitted));
  }

  private static Set<String> packages() {
    Set<String> names = new TreeSet<>();
    CLASSES.forEach(each -> names.add(each.getPackageName()));
    return names;
  }

  private static boolean uses(String name, String... packages) {
    return CLASSES.stream()
        .filter(each -> each.getPackageName().equals(name))
        .flatMap((JavaClass each) -> each.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> resideInAnyPackage(packages).test(dependency.getTargetClass()));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(CLASSES);
  }
}
