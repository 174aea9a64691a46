package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.refusal.ErrorResponse;
import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.internal.token.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the guide's tables with the code. */
class GuideTest {

  private static final Path ROOT = Path.of("..");
  private static final Path GUIDE = ROOT.resolve(Path.of("src", "site", "markdown"));
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z_-]+)` \\| (.+?) \\|", Pattern.MULTILINE);

  /** A row of symptom, reason, cause and cure. */
  private static final Pattern SYMPTOM =
      Pattern.compile("\\| [^|]+ \\| `([a-z_]+)` \\| [^|]+ \\| [^|]+ \\|");

  /** A link within the documents. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]+))?\\)");

  private static Map<String, String> table(String page) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(GUIDE.resolve(page)));
    while (row.find()) {
      assertThat(rows.put(row.group(1), row.group(2))).as(row.group(1) + " twice").isNull();
    }
    return rows;
  }

  @Test
  void theGuideListsExactlyTheSettings() throws Exception {
    assertThat(table("configuration.md").keySet())
        .isEqualTo(
            Arrays.stream(Setting.values()).map(Setting::kebabName).collect(Collectors.toSet()));
  }

  @Test
  void everyDefaultMatchesTheGuide() throws Exception {
    Map<String, String> guide = table("configuration.md");
    for (Setting setting : Setting.values()) {
      if (setting.defaultValue() != null) {
        assertThat(guide).containsEntry(setting.kebabName(), "`" + setting.defaultValue() + "`");
      } else {
        assertThat(guide.get(setting.kebabName())).as(setting.kebabName()).doesNotStartWith("`");
      }
    }
  }

  @Test
  void theGuideListsEveryReasonWithItsStatus() throws Exception {
    assertThat(table("responses.md"))
        .isEqualTo(
            Arrays.stream(Reason.values())
                .collect(
                    Collectors.toMap(
                        Reason::code,
                        reason -> Integer.toString(ErrorResponse.to(reason).status()))));
  }

  @Test
  void theGuideListsEverySelfTestCodeWithItsSeverity() throws Exception {
    String code = Files.readString(Path.of("src/main/java/dev/gatehouse/SelfTest.java"));
    Map<String, String> codes = new TreeMap<>();
    Matcher finding =
        Pattern.compile("new Finding\\(\\s*\"([a-z_]+)\",\\s*Severity\\.([A-Z]+)").matcher(code);
    while (finding.find()) {
      codes.put(finding.group(1), finding.group(2).toLowerCase(Locale.ROOT));
    }

    assertThat(codes).hasSizeGreaterThan(8);
    assertThat(table("troubleshooting.md")).isEqualTo(codes);
  }

  @Test
  void troubleshootingListsExactlyTheReasons() throws Exception {
    String page = Files.readString(GUIDE.resolve("troubleshooting.md"));
    String reasons =
        page.substring(
            page.indexOf("\n## Reason codes\n"), page.indexOf("\n## Codes of the self-test\n"));
    Set<String> codes = new TreeSet<>();
    for (String row : reasons.lines().filter(line -> line.startsWith("| ")).skip(2).toList()) {
      Matcher cells = SYMPTOM.matcher(row);
      assertThat(cells.matches()).as(row).isTrue();
      codes.add(cells.group(1));
    }

    assertThat(codes)
        .isEqualTo(Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.toSet()));
  }

  @Test
  void everyLinkHasATarget() throws Exception {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    documents.add(ROOT.resolve("CONTRIBUTING.md"));
    try (Stream<Path> pages = Files.list(GUIDE)) {
      pages.forEach(documents::add);
    }
    for (Path document : documents) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path target =
            link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1)).normalize();
        assertThat(target).as(document + ": " + link.group()).exists();
        if (link.group(2) != null) {
          assertThat(anchors(target)).as(document + ": " + link.group()).contains(link.group(2));
        }
      }
    }
  }

  /** The anchors that GitHub derives from the headings. */
  private static Set<String> anchors(Path page) throws IOException {
    return Files.readString(page)
        .lines()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
