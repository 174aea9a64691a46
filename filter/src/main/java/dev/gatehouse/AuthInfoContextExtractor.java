package dev.gatehouse;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpTransportContextExtractor;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;

/**
 * Passes {@link AuthInfo} from the request to the handlers of tools, prompts and resources,
 * whichever thread they run on.
 *
 * <pre>{@code
 * HttpServletStreamableServerTransportProvider.builder()
 *     .contextExtractor(new AuthInfoContextExtractor())
 * }</pre>
 *
 * <p>Needs the MCP Java SDK, an optional dependency of the filter. This class is stateless and
 * thread-safe.
 */
public final class AuthInfoContextExtractor
    implements McpTransportContextExtractor<HttpServletRequest> {

  /** Creates an extractor. */
  public AuthInfoContextExtractor() {}

  /**
   * Copies the caller from a request into a new context, and which tools it may see.
   *
   * @param request a request that the filter has admitted
   * @return a context from which {@link AuthInfo#from(McpTransportContext)} reads the caller
   * @throws IllegalStateException if the filter has not admitted this request
   */
  @Override
  public McpTransportContext extract(HttpServletRequest request) {
    Map<String, Object> context = new HashMap<>();
    context.put(AuthInfo.ATTRIBUTE, AuthInfo.from(request));
    Object visibility = request.getAttribute(VisibleTools.KEY);
    if (visibility != null) {
      context.put(VisibleTools.KEY, visibility);
    }
    return McpTransportContext.create(context);
  }
}
