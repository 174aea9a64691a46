package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.mcp.McpRules;
import dev.gatehouse.internal.mcp.McpSettings;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.SettingFile;
import java.util.List;

/** Reads the settings about MCP messages. */
final class McpReader {

  private final RawSettings settings;

  McpReader(RawSettings settings) {
    this.settings = settings;
  }

  McpSettings read() {
    boolean hasRules = settings.isSet(Setting.MCP_RULES) || settings.isSet(Setting.MCP_RULES_FILE);
    return new McpSettings(
        rules(),
        hasRules,
        needingRules(Setting.MCP_DEFAULT, "allow", "deny", hasRules),
        needingRules(Setting.MCP_ON_MISSING, "challenge", "tool-result", hasRules),
        settings.flag(Setting.MCP_HIDE),
        settings.size(Setting.MCP_MAX_BODY, 1024, 1024 * 1024 * 1024),
        protocolVersions());
  }

  private Reloadable<McpRules> rules() {
    settings.refuseBoth(Setting.MCP_RULES, Setting.MCP_RULES_FILE);
    String text = settings.text(Setting.MCP_RULES);
    if (text != null) {
      return Reloadable.fixed(
          McpRules.parse(text, error -> settings.error(Setting.MCP_RULES, error)));
    }
    Reloadable<McpRules> inFile =
        settings.isSet(Setting.MCP_RULES_FILE)
            ? settings.fromFiles(
                List.of(Setting.MCP_RULES_FILE),
                contents -> McpRules.parse(SettingFile.text(contents.get(0))))
            : null;
    return inFile == null ? Reloadable.fixed(McpRules.NONE) : inFile;
  }

  /** Whether the second of two words is chosen, which has no effect without rules. */
  private boolean needingRules(Setting setting, String first, String second, boolean hasRules) {
    boolean chosen = settings.isSecond(setting, first, second);
    if (chosen && !hasRules) {
      settings.error(
          setting,
          "'"
              + second
              + "' has no effect without rules; set mcp-rules or mcp-rules-file, such as tool *:"
              + " notes:read");
    }
    return chosen;
  }

  private List<String> protocolVersions() {
    List<String> named = settings.words(Setting.MCP_PROTOCOL_VERSIONS);
    for (String version : named) {
      if (!McpSettings.KNOWN_VERSIONS.contains(version)) {
        settings.error(
            Setting.MCP_PROTOCOL_VERSIONS,
            "'"
                + version
                + "' is unknown; write some of "
                + String.join(" ", McpSettings.KNOWN_VERSIONS));
      }
    }
    return named.isEmpty() ? McpSettings.KNOWN_VERSIONS : named.stream().sorted().toList();
  }
}
