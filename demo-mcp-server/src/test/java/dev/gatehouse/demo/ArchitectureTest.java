package dev.gatehouse.demo;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo is an example, so it uses only what other servers can use too. */
class ArchitectureTest {
  private static final String FILTER = "dev.gatehouse";
  private static final String AUTHORIZATION_SERVER = "dev.gatehouse.authorizationserver";

  private static final String[] INTERNAL = {
    FILTER + ".internal..", AUTHORIZATION_SERVER + ".internal.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.gatehouse.demo");

  @Test
  void theDemoUsesNoInternalPackage() {
    check(noClassUses(INTERNAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {FILTER, AUTHORIZATION_SERVER})
  void aDependencyOnAForbiddenPackageIsFound(String name) {
    assertThatThrownBy(() -> check(noClassUses(name)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("<" + name + ".");
  }

  @Test // a renamed package must not make the rule vacuous
  void bothInternalPackagesExist() {
    JavaClasses used = new ClassFileImporter().importPackages(FILTER, AUTHORIZATION_SERVER);

    for (String name : INTERNAL) {
      assertThat(used.stream().filter((JavaClass each) -> resideInAnyPackage(name).test(each)))
          .as(name)
          .isNotEmpty();
    }
  }

  private static ArchRule noClassUses(String... packages) {
    return noClasses().should().dependOnClassesThat().resideInAnyPackage(packages);
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(CLASSES);
  }
}
