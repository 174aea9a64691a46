package dev.gatehouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The protected resource metadata document (RFC 9728), made once from the settings and never from a
 * request's {@code Host}:
 *
 * <pre>
 * {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],
 *  "scopes_supported":["notes:read"],"bearer_methods_supported":["header"]}
 * </pre>
 */
final class ProtectedResourceMetadata {

  /** RFC 9728 §3. */
  static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

  private static final String ALL_WELL_KNOWN = "/.well-known/";
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final String resource;
  private final byte[] document;
  private final String entityTag;
  private final RefusalWriter refusals;

  ProtectedResourceMetadata(Settings settings, RefusalWriter refusals) {
    this.resource = settings.resource;
    this.document = document(settings);
    this.entityTag = '"' + UUID.nameUUIDFromBytes(document).toString() + '"';
    this.refusals = refusals;
  }

  /** Where clients find it: between host and path goes the well-known part (RFC 9728 §3.1). */
  static String url(String resource) {
    URI uri = URI.create(resource);
    String path = uri.getRawPath().equals("/") ? "" : uri.getRawPath();
    return uri.getScheme() + "://" + uri.getRawAuthority() + WELL_KNOWN + path;
  }

  /**
   * The paths, within the context, at which a container is to bring requests here: the root form,
   * the form with the resource's path, and that form without the context's part, for a proxy that
   * strips it; each with and without a slash at its end.
   */
  static Set<String> paths(String resource, String contextPath) {
    String full = withoutTrailingSlash(URI.create(resource).getPath());
    String inContext =
        full.startsWith(contextPath + "/") ? full.substring(contextPath.length()) : full;
    Set<String> paths = new TreeSet<>();
    for (String path : List.of("", full, inContext)) {
      paths.add(WELL_KNOWN + path);
      paths.add(WELL_KNOWN + path + "/");
    }
    return paths;
  }

  /**
   * Answers what is asked under the well-known prefix: the document, or 404 for whatever else
   * clients probe there. None of it needs a token and none of it reaches the MCP server.
   *
   * @return false if the request is about something else
   */
  boolean answers(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String asked = decodedPath(request);
    if (!asked.startsWith(ALL_WELL_KNOWN)) {
      return false;
    }
    // RFC 9728 §3.2 and the browsers' rules: readable by pages of any origin.
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (!paths(resource, request.getContextPath()).contains(asked)) {
      refusals.write(Answer.NOT_FOUND, response);
      return true;
    }
    switch (request.getMethod()) {
      case "GET", "HEAD" -> writeDocument(request, response);
      case "OPTIONS" -> writePreflight(response);
      default -> {
        response.setHeader("Allow", METHODS);
        refusals.write(Answer.METHOD_NOT_ALLOWED, response);
      }
    }
    return true;
  }

  /** As the container understood it, so that no spelling of a path is read in two ways. */
  private static String decodedPath(HttpServletRequest request) {
    String pathInfo = request.getPathInfo();
    return pathInfo == null ? request.getServletPath() : request.getServletPath() + pathInfo;
  }

  private void writeDocument(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("ETag", entityTag);
    response.setHeader("Cache-Control", "public, max-age=3600");
    if (entityTag.equals(request.getHeader("If-None-Match"))) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    response.setContentType("application/json");
    response.setContentLength(document.length);
    if (request.getMethod().equals("GET")) {
      response.getOutputStream().write(document);
    }
  }

  private static void writePreflight(HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    response.setHeader("Allow", METHODS);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", "*, Authorization, MCP-Protocol-Version");
    response.setHeader("Access-Control-Max-Age", "86400");
  }

  private static byte[] document(Settings settings) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("resource", settings.resource);
    putUnlessEmpty(members, "authorization_servers", settings.authorizationServers);
    putUnlessEmpty(members, "scopes_supported", settings.scopesSupported);
    members.put("bearer_methods_supported", List.of("header"));
    if (settings.resourceName != null) {
      members.put("resource_name", settings.resourceName);
    }
    if (settings.resourceDocumentation != null) {
      members.put("resource_documentation", settings.resourceDocumentation);
    }
    try {
      return new ObjectMapper().writeValueAsString(members).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings and lists of strings are JSON", e);
    }
  }

  /** RFC 9728 §3.2: a parameter without values is left out. */
  private static void putUnlessEmpty(
      Map<String, Object> members, String name, Collection<String> values) {
    if (!values.isEmpty()) {
      members.put(name, values);
    }
  }

  private static String withoutTrailingSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
