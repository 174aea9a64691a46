package dev.gatehouse.internal.mcp;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods whose results list what callers may use. */
public enum ListMethod {
  TOOLS("tools/list", "tools", "name", McpMessage.Target.TOOL),
  PROMPTS("prompts/list", "prompts", "name", McpMessage.Target.PROMPT),
  RESOURCES("resources/list", "resources", "uri", McpMessage.Target.RESOURCE),
  TEMPLATES(
      "resources/templates/list", "resourceTemplates", "uriTemplate", McpMessage.Target.RESOURCE);

  private static final Map<String, ListMethod> BY_METHOD =
      Arrays.stream(values()).collect(Collectors.toMap(each -> each.method, Function.identity()));

  private final String method;
  private final String listMember;
  private final String nameMember;
  private final McpMessage.Target target;

  ListMethod(String method, String listMember, String nameMember, McpMessage.Target target) {
    this.method = method;
    this.listMember = listMember;
    this.nameMember = nameMember;
    this.target = target;
  }

  /** The method of this name; empty if it returns no list. */
  public static Optional<ListMethod> named(@Nullable String method) {
    return Optional.ofNullable(method).map(BY_METHOD::get);
  }

  /** The member of the result that contains the list. */
  public String listMember() {
    return listMember;
  }

  /** The member of an entry that identifies it. */
  public String nameMember() {
    return nameMember;
  }

  /** What the entries are. */
  public McpMessage.Target target() {
    return target;
  }
}
