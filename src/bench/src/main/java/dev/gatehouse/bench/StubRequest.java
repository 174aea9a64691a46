package dev.gatehouse.bench;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletInputStream;
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
 * A request with minimal cost: fields, one list for each header, an array of attributes, and a body
 * that can be read again. All variants use the same class and reuse each request.
 */
final class StubRequest extends HttpServletRequestWrapper {

  private static final List<String> ONLY_TOKEN = List.of("Authorization");
  private static final List<String> CLIENT_HEADERS =
      List.of("Authorization", "Content-Type", "Content-Length", "Accept", "MCP-Protocol-Version");
  private static final byte[] EMPTY = {};
  private static final int MAX_ATTRIBUTES = 16;

  private final String method;
  private final String path;
  private final List<String> headerNames;
  private final List<List<String>> headerValues;
  private final StubBody body;
  private final @Nullable String[] names = new String[MAX_ATTRIBUTES];
  private final @Nullable Object[] values = new Object[MAX_ATTRIBUTES];

  private StubRequest(
      String method,
      String path,
      List<String> headerNames,
      List<List<String>> headerValues,
      byte[] body) {
    super(UnsupportedStub.of(HttpServletRequest.class));
    this.method = method;
    this.path = path;
    this.headerNames = headerNames;
    this.headerValues = headerValues;
    this.body = new StubBody(body);
  }

  /** Creates an MCP request whose body is of no interest. */
  static StubRequest call(String token) {
    return new StubRequest("POST", "/mcp", ONLY_TOKEN, List.of(List.of("Bearer " + token)), EMPTY);
  }

  /** Creates an MCP request with this message and the headers of an MCP client. */
  static StubRequest call(String token, byte[] message) {
    return new StubRequest(
        "POST",
        "/mcp",
        CLIENT_HEADERS,
        List.of(
            List.of("Bearer " + token),
            List.of("application/json"),
            List.of(Integer.toString(message.length)),
            List.of("application/json, text/event-stream"),
            List.of("2025-11-25")),
        message);
  }

  /** Creates an MCP request with a DPoP proof. */
  static StubRequest callWithProof(String token, String proof) {
    return new StubRequest(
        "POST",
        "/mcp",
        List.of("Authorization", "DPoP"),
        List.of(List.of("DPoP " + token), List.of(proof)),
        EMPTY);
  }

  static StubRequest callWithoutToken() {
    return new StubRequest("POST", "/mcp", List.of(), List.of(), EMPTY);
  }

  static StubRequest metadata() {
    return new StubRequest(
        "GET", "/.well-known/oauth-protected-resource/mcp", List.of(), List.of(), EMPTY);
  }

  /** Removes the attributes of the last pass and rewinds the body. */
  StubRequest cleared() {
    body.rewind();
    Arrays.fill(names, null);
    Arrays.fill(values, null);
    return this;
  }

  private List<String> values(String header) {
    for (int i = 0; i < headerNames.size(); i++) {
      if (header.equalsIgnoreCase(headerNames.get(i))) {
        return headerValues.get(i);
      }
    }
    return List.of();
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? Collections.emptyEnumeration() : Collections.enumeration(values);
  }

  @Override
  public @Nullable String getHeader(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? null : values.get(0);
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
    return Collections.enumeration(headerNames);
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
  public int getContentLength() {
    return body.length();
  }

  @Override
  public long getContentLengthLong() {
    return body.length();
  }

  @Override
  public @Nullable String getCharacterEncoding() {
    return null;
  }

  @Override
  public ServletInputStream getInputStream() {
    return body;
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
  public boolean isAsyncStarted() {
    return false;
  }

  @Override
  public String getProtocol() {
    return "HTTP/1.1";
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
