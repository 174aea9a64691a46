package dev.gatehouse.internal.endpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import org.jspecify.annotations.Nullable;

/**
 * Serves the protected resource metadata document (RFC 9728). It is built once, from the settings
 * and never from a request's {@code Host}:
 *
 * <pre>
 * {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],
 *  "scopes_supported":["notes:read"],"bearer_methods_supported":["header"]}
 * </pre>
 */
public final class ProtectedResourceMetadata {

  private static final JsonMapper MAPPER =
      new JsonMapper(
          JsonFactory.builder()
              // The default pool stays on the container's thread, and the application's classes
              // with it.
              .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
              .build());

  /** The well-known path of RFC 9728 §3. */
  public static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

  private final Set<String> paths;
  private final byte[] document;
  private final String entityTag;

  /**
   * Builds the document.
   *
   * @param contextPath the application's context path
   */
  public ProtectedResourceMetadata(ResourceDescription description, String contextPath) {
    this.paths = paths(description.resource(), contextPath);
    this.document = document(description);
    this.entityTag = '"' + UUID.nameUUIDFromBytes(document).toString() + '"';
  }

  /** The metadata URL: the well-known path is inserted between host and path (RFC 9728 §3.1). */
  public static String url(String resource) {
    URI uri = URI.create(resource);
    String path = uri.getRawPath().equals("/") ? "" : uri.getRawPath();
    return uri.getScheme() + "://" + uri.getRawAuthority() + WELL_KNOWN + path;
  }

  /**
   * The paths within the context at which the document is served: the well-known path alone, with
   * the resource's path appended, and with that path minus the context path, for a proxy that
   * strips it. Each is served with and without a trailing slash.
   */
  public static Set<String> paths(String resource, String contextPath) {
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

  /** Whether the document is served at this path within the context. */
  boolean isAt(String path) {
    return paths.contains(path);
  }

  void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
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

  private static byte[] document(ResourceDescription description) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("resource", description.resource());
    putUnlessEmpty(members, "authorization_servers", description.authorizationServers());
    putUnlessEmpty(members, "scopes_supported", description.scopesSupported());
    members.put("bearer_methods_supported", List.of("header"));
    putUnlessNull(members, "resource_name", description.name());
    putUnlessNull(members, "resource_documentation", description.documentation());
    putUnlessNull(members, "resource_policy_uri", description.policyUri());
    putUnlessNull(members, "resource_tos_uri", description.tosUri());
    putUnlessEmpty(members, "dpop_signing_alg_values_supported", description.dpopAlgorithms());
    putIfTrue(members, "dpop_bound_access_tokens_required", description.dpopRequired());
    putIfTrue(members, "tls_client_certificate_bound_access_tokens", description.certificates());
    try {
      return MAPPER.writeValueAsString(members).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "strings, booleans and lists of strings can always be written", e);
    }
  }

  /** RFC 9728 §3.2: parameters without values must be omitted. */
  private static void putUnlessEmpty(
      Map<String, Object> members, String name, Collection<String> values) {
    if (!values.isEmpty()) {
      members.put(name, values);
    }
  }

  private static void putUnlessNull(
      Map<String, Object> members, String name, @Nullable String value) {
    if (value != null) {
      members.put(name, value);
    }
  }

  private static void putIfTrue(Map<String, Object> members, String name, boolean value) {
    if (value) {
      members.put(name, true);
    }
  }

  private static String withoutTrailingSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
