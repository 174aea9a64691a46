package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The guide's tables say what the code does. */
class GuideTest {

  private static final Path GUIDE = Path.of("..", "src", "site", "markdown");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z_-]+)` \\| (.+?) \\|", Pattern.MULTILINE);

  private static Map<String, String> table(String page) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(GUIDE.resolve(page)));
    while (row.find()) {
      assertThat(rows.put(row.group(1), row.group(2))).as(row.group(1) + " twice").isNull();
    }
    return rows;
  }

  @Test
  void everySettingIsInTheGuideAndNoOther() throws Exception {
    assertThat(table("configuration.md").keySet())
        .isEqualTo(
            Arrays.stream(Setting.values()).map(Setting::kebabName).collect(Collectors.toSet()));
  }

  @Test
  void everyDefaultIsTheGuides() throws Exception {
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
  void everyReasonIsInTheGuideWithItsStatus() throws Exception {
    assertThat(table("responses.md"))
        .isEqualTo(
            Arrays.stream(Reason.values())
                .collect(
                    Collectors.toMap(
                        Reason::code, reason -> Integer.toString(reason.answer().status()))));
  }

  @Test
  void everyCodeOfTheSelfTestIsInTheGuideWithItsSeverity() throws Exception {
    String code = Files.readString(Path.of("src/main/java/dev/gatehouse/SelfTest.java"));
    Map<String, String> codes = new TreeMap<>();
    Matcher finding =
        Pattern.compile("new Finding\\(\\s*\"([a-z_]+)\",\\s*Severity\\.([A-Z]+)").matcher(code);
    while (finding.find()) {
      codes.put(finding.group(1), finding.group(2).toLowerCase(java.util.Locale.ROOT));
    }

    assertThat(codes).hasSizeGreaterThan(8);
    assertThat(table("operations.md")).isEqualTo(codes);
  }
}
