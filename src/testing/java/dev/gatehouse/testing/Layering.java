package dev.gatehouse.testing;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Checks the layering of one module: the root package may use all packages, each other package only
 * those in its row. A rule that matches no class fails.
 */
@NullMarked
public final class Layering {

  private final String root;
  private final Map<String, ? extends Collection<String>> allowed;
  private final JavaClasses classes;

  /**
   * Imports the main classes of a module, without its tests.
   *
   * @param main a main class in the root package
   * @param allowed the packages that each package may use, with names relative to the root
   */
  public Layering(Class<?> main, Map<String, ? extends Collection<String>> allowed) {
    this.root = main.getPackageName();
    this.allowed = allowed;
    this.classes =
        new ClassFileImporter().importUrl(main.getProtectionDomain().getCodeSource().getLocation());
  }

  /** Checks that the dependencies between packages have no cycles. */
  public void checkNoCycles() {
    checkNoCycles(JavaClass::getPackageName);
  }

  /** Checks other slices for cycles, so that a test can prove that the rule finds them. */
  public void checkNoCycles(Function<JavaClass, String> slice) {
    check(
        slices()
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
            .beFreeOfCycles());
  }

  /** Checks that each package uses only the packages in its row. */
  public void checkRows() {
    allowed.forEach(this::checkRow);
  }

  /** Checks that one package uses only these packages. */
  public void checkRow(String name, Collection<String> used) {
    String[] permitted =
        Stream.concat(Stream.of(name), used.stream())
            .map(other -> root + "." + other)
            .toArray(String[]::new);
    check(
        classes()
            .that()
            .resideInAPackage(root + "." + name)
            .should()
            .onlyDependOnClassesThat(
                not(resideInAPackage(root + "..")).or(resideInAnyPackage(permitted)))
            .as(name + " may use only " + Arrays.toString(permitted)));
  }

  /**
   * Checks that exactly these packages use a library.
   *
   * @param users names relative to the root; {@code ""} is the root itself
   */
  public void checkUsers(Collection<String> users, String... library) {
    String[] packages = users.stream().map(this::absolute).toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(packages)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(library));
    for (String name : packages) {
      if (!uses(name, library)) {
        throw new AssertionError(name + " does not use " + Arrays.toString(library));
      }
    }
  }

  private String absolute(String name) {
    return name.isEmpty() ? root : root + "." + name;
  }

  private boolean uses(String name, String... library) {
    return classes.stream()
        .filter(each -> each.getPackageName().equals(name))
        .flatMap((JavaClass each) -> each.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> resideInAnyPackage(library).test(dependency.getTargetClass()));
  }

  /** The packages that contain classes. */
  public Set<String> packages() {
    Set<String> names = new TreeSet<>();
    classes.forEach(each -> names.add(each.getPackageName()));
    return names;
  }

  /** The packages that must contain classes: the root and one for each row. */
  public Set<String> rows() {
    Set<String> names = new TreeSet<>(Set.of(root));
    allowed.keySet().forEach(name -> names.add(absolute(name)));
    return names;
  }

  /** The packages that are not null-marked, including those without a package-info. */
  public Set<String> packagesWithoutNullMarked() {
    Set<String> names = packages();
    names.removeIf(name -> classes.getPackage(name).isAnnotatedWith(NullMarked.class));
    return names;
  }

  private void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(classes);
  }
}
