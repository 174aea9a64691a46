package dev.gatehouse;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpTransportContextExtractor;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;

/**
 * Carries {@link AuthInfo} from the request to MCP handlers, whichever thread they run on.
 *
 * <pre>{@code
 * HttpServletStreamableServerTransportProvider.builder()
 *     .contextExtractor(new AuthInfoContextExtractor())
 * }</pre>
 *
 * <p>Needs the MCP Java SDK, which is an optional dependency of the filter. Stateless.
 */
public final class AuthInfoContextExtractor
    implements McpTransportContextExtractor<HttpServletRequest> {

  /** Makes one. */
  public AuthInfoContextExtractor() {}

  /**
   * Takes the caller of this request.
   *
   * @param request a request that has passed the filter
   * @return a context from which {@link AuthInfo#from(McpTransportContext)} reads the caller
   * @throws IllegalStateException if the filter has not let this request through
   */
  @Override
  public McpTransportContext extract(HttpServletRequest request) {
    return McpTransportContext.create(Map.of(AuthInfo.ATTRIBUTE, AuthInfo.from(request)));
  }
}
