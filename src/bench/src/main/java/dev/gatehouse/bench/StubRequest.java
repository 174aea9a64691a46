package dev.gatehouse.bench;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.MappingMatch;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request with minimal cost: fields, one list for each header, and an array of attributes. All
 * variants use the same class and reuse each request.
 */
final class StubRequest extends HttpServletRequestWrapper {

  private static final String AUTHORIZATION = "Authorization";
  private static final int MAX_ATTRIBUTES = 16;

  private final String method;
  private final String path;
  private final List<String> authorization;
  private final @Nullable String[] names = new String[MAX_ATTRIBUTES];
  private final @Nullable Object[] values = new Object[MAX_ATTRIBUTES];

  private StubRequest(String method, String path, List<String> authorization) {
    super(UnsupportedStub.of(HttpServletRequest.class));
    this.method = method;
    this.path = path;
    this.authorization = authorization;
  }

  /** Creates an MCP request. */
  static StubRequest call(String token) {
    return new StubRequest("POST", "/mcp", List.of("Bearer " + token));
  }

  static StubRequest callWithoutToken() {
    return new StubRequest("POST", "/mcp", List.of());
  }

  static StubRequest metadata() {
    return new StubRequest("GET", "/.well-known/oauth-protected-resource/mcp", List.of());
  }

  /** Removes the attributes of the last pass. */
  StubRequest cleared() {
    Arrays.fill(names, null);
    Arrays.fill(values, null);
    return this;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return name.equalsIgnoreCase(AUTHORIZATION)
        ? Collections.enumeration(authorization)
        : Collections.emptyEnumeration();
  }

  @Override
  public @Nullable String getHeader(String name) {
    return name.equalsIgnoreCase(AUTHORIZATION) && !authorization.isEmpty()
        ? authorization.get(0)
        : null;
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    for (int i = 0; i < MAX_ATTRIBUTES; i++) {
      if (name.equals(names[i])) {
        return values[i];
      }
    }
    return null;
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    for (int i = 0; i < MAX_ATTRIBUTES; i++) {
      if (names[i] == null || name.equals(names[i])) {
        names[i] = name;
        values[i] = value;
        return;
      }
    }
    throw new IllegalStateException("the stub supports at most " + MAX_ATTRIBUTES + " attributes");
  }

  @Override
  public void removeAttribute(String name) {
    if (getAttribute(name) != null) {
      setAttribute(name, null);
    }
  }

  @Override
  public String getMethod() {
    return method;
  }

  @Override
  public String getRequestURI() {
    return path;
  }

  @Override
  public StringBuffer getRequestURL() {
    return new StringBuffer("https://mcp.example.com").append(path);
  }

  @Override
  public String getServletPath() {
    return path;
  }

  @Override
  public String getContextPath() {
    return "";
  }

  @Override
  public HttpServletMapping getHttpServletMapping() {
    return Exact.MCP;
  }

  @Override
  public @Nullable String getPathInfo() {
    return null;
  }

  @Override
  public @Nullable String getQueryString() {
    return null;
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(authorization.isEmpty() ? List.of() : List.of(AUTHORIZATION));
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.emptyEnumeration();
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return Map.of();
  }

  @Override
  public @Nullable String getParameter(String name) {
    return null;
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return null;
  }

  @Override
  public String getContentType() {
    return "application/json";
  }

  @Override
  public DispatcherType getDispatcherType() {
    return DispatcherType.REQUEST;
  }

  @Override
  public boolean isAsyncSupported() {
    return true;
  }

  @Override
  public boolean isSecure() {
    return true;
  }

  @Override
  public String getScheme() {
    return "https";
  }

  @Override
  public String getServerName() {
    return "mcp.example.com";
  }

  @Override
  public int getServerPort() {
    return 443;
  }

  @Override
  public String getRemoteAddr() {
    return "192.0.2.7";
  }

  @Override
  public @Nullable String getRequestedSessionId() {
    return null;
  }

  @Override
  public @Nullable HttpSession getSession(boolean create) {
    return null;
  }

  /** The mapping of the servlet to its only path. */
  private enum Exact implements HttpServletMapping {
    MCP;

    @Override
    public String getMatchValue() {
      return "mcp";
    }

    @Override
    public String getPattern() {
      return "/mcp";
    }

    @Override
    public String getServletName() {
      return "mcp";
    }

    @Override
    public MappingMatch getMappingMatch() {
      return MappingMatch.EXACT;
    }
  }
}
