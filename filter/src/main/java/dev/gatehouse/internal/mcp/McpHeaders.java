package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.mcp.McpMessage.Kind;
import dev.gatehouse.internal.syntax.EncodedHeader;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the MCP headers of a request agree with its body: components that route by headers
 * must not see another call than the MCP server. This class is thread-safe.
 *
 * <p>From revision 2026-07-28 on, requests must carry these headers ("Request Metadata", "Server
 * Validation"). The headers of older revisions are checked if present.
 */
public final class McpHeaders {

  static final String VERSION = "MCP-Protocol-Version";
  static final String METHOD = "Mcp-Method";
  static final String NAME = "Mcp-Name";

  /** The first revision without sessions and batches, whose requests describe themselves. */
  private static final String STATELESS = "2026-07-28";

  private final Set<String> supported;

  /**
   * Creates the check.
   *
   * @param supported the protocol versions that the MCP server supports
   */
  public McpHeaders(Set<String> supported) {
    this.supported = Set.copyOf(supported);
  }

  /** Checks the version of a request whose body is not read; empty if it is supported. */
  public Optional<Refusal> checkVersion(HttpServletRequest request) {
    return checkVersion(HeaderValues.of(request, VERSION));
  }

  private Optional<Refusal> checkVersion(List<String> versions) {
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    if (versions.size() > 1) {
      return refuse(Reason.MCP_VERSION, "more than one " + VERSION, null);
    }
    String version = versions.get(0);
    if (supported.contains(version)) {
      return Optional.empty();
    }
    return refuse(Reason.MCP_VERSION, "version " + version + " is not supported", null)
        .map(refusal -> refusal.ofVersion(version));
  }

  /** Checks all MCP headers of a request; empty if they agree with the body. */
  public Optional<Refusal> check(HttpServletRequest request, McpBody body) {
    Optional<Refusal> refusal = checkAll(request, body);
    return refusal.isEmpty() || body.batch()
        ? refusal
        : Optional.of(refusal.get().ofRequest(requestId(body)));
  }

  private Optional<Refusal> checkAll(HttpServletRequest request, McpBody body) {
    List<String> versions = HeaderValues.of(request, VERSION);
    Optional<Refusal> refusal = checkVersion(versions);
    if (refusal.isPresent()) {
      return refusal;
    }
    Headers headers =
        new Headers(
            versions.isEmpty() ? null : versions.get(0),
            HeaderValues.of(request, METHOD),
            HeaderValues.of(request, NAME));
    return body.batch() ? headers.ofBatch(body) : headers.of(body.messages().get(0));
  }

  private static @Nullable String requestId(McpBody body) {
    McpMessage message = body.messages().get(0);
    return message.kind() == Kind.REQUEST ? message.id() : null;
  }

  private static Optional<Refusal> refuse(Reason reason, String detail, @Nullable String id) {
    return Optional.of(Refusal.because(reason, detail).ofRequest(id));
  }

  private static Optional<Refusal> mismatch(String detail) {
    return refuse(Reason.MCP_HEADERS, detail, null);
  }

  /** The values of the headers, of which the version is supported. */
  private record Headers(@Nullable String version, List<String> methods, List<String> names) {

    /** Versions are dates. */
    boolean isStateless() {
      return version != null && version.compareTo(STATELESS) >= 0;
    }

    Optional<Refusal> ofBatch(McpBody body) {
      if (isStateless()) {
        return refuse(Reason.MCP_BODY, "revision " + version + " has no batches", null);
      }
      if (!methods.isEmpty() || !names.isEmpty()) {
        return mismatch(METHOD + " or " + NAME + " with a batch");
      }
      return body.messages().stream().allMatch(this::hasVersionOf)
          ? Optional.empty()
          : mismatch("_meta has another protocol version");
    }

    Optional<Refusal> of(McpMessage message) {
      boolean negotiates = "initialize".equals(message.method());
      if (!hasVersionOf(message)) {
        return mismatch("_meta has another protocol version");
      }
      if (isStateless() && !negotiates) {
        if (message.kind() == Kind.RESPONSE) {
          return refuse(Reason.MCP_BODY, "revision " + version + " has no responses here", null);
        }
        // It leaves open which headers a notification has.
        if (message.kind() == Kind.REQUEST) {
          Optional<Refusal> missing = missing(message);
          if (missing.isPresent()) {
            return missing;
          }
        }
      }
      if (!methods.isEmpty() && !methods.equals(listOf(message.method()))) {
        return mismatch(METHOD + " and the body disagree");
      }
      return names.isEmpty() || isName(message.headerName())
          ? Optional.empty()
          : mismatch(NAME + " and the body disagree");
    }

    private static List<String> listOf(@Nullable String value) {
      return value == null ? List.of() : List.of(value);
    }

    private boolean hasVersionOf(McpMessage message) {
      return message.protocolVersion() == null || message.protocolVersion().equals(version);
    }

    private Optional<Refusal> missing(McpMessage message) {
      if (message.protocolVersion() == null) {
        return mismatch("_meta has no protocol version");
      }
      if (methods.isEmpty()) {
        return mismatch(METHOD + " is missing");
      }
      NamedMethod named = NamedMethod.named(message.method());
      return named != null && named.isHeaderRequired() && names.isEmpty()
          ? mismatch(NAME + " is missing")
          : Optional.empty();
    }

    private boolean isName(@Nullable String name) {
      return names.size() == 1
          && name != null
          && isPlain(names.get(0))
          && EncodedHeader.decode(names.get(0)).filter(name::equals).isPresent();
    }

    /** Containers decode other characters differently. */
    private static boolean isPlain(String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if ((c < ' ' || c > '~') && c != '\t') {
          return false;
        }
      }
      return true;
    }
  }
}
