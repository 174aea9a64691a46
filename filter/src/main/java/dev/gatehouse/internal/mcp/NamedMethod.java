package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.mcp.McpMessage.Target;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods whose {@code params} name what they are about. */
enum NamedMethod {
  CALL_TOOL("tools/call", "name", Target.TOOL, true),
  GET_PROMPT("prompts/get", "name", Target.PROMPT, true),
  READ_RESOURCE("resources/read", "uri", Target.RESOURCE, true),
  SUBSCRIBE("resources/subscribe", "uri", Target.RESOURCE, false),
  UNSUBSCRIBE("resources/unsubscribe", "uri", Target.RESOURCE, false);

  private static final Map<String, NamedMethod> BY_METHOD =
      Arrays.stream(values()).collect(Collectors.toMap(each -> each.method, Function.identity()));

  private final String method;
  private final String member;
  private final Target target;
  private final boolean headerRequired;

  NamedMethod(String method, String member, Target target, boolean headerRequired) {
    this.method = method;
    this.member = member;
    this.target = target;
    this.headerRequired = headerRequired;
  }

  /** The method of this name; null if its params name nothing. */
  static @Nullable NamedMethod named(@Nullable String method) {
    return method == null ? null : BY_METHOD.get(method);
  }

  /** The member of {@code params} that contains the name. */
  String member() {
    return member;
  }

  Target target() {
    return target;
  }

  /** Whether revision 2026-07-28 requires the header {@code Mcp-Name}. */
  boolean isHeaderRequired() {
    return headerRequired;
  }
}
