package dev.gatehouse;

import dev.gatehouse.internal.endpoint.EvictionEndpoint;
import dev.gatehouse.internal.endpoint.WellKnownEndpoint;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the filter itself serves.
 *
 * @param evictions null if there is no eviction endpoint
 */
record FilterEndpoints(WellKnownEndpoint wellKnown, @Nullable EvictionEndpoint evictions) {

  /** Responds to a request for one of the endpoints; otherwise returns false. */
  boolean handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
    return request.getDispatcherType() != DispatcherType.INCLUDE
        && (wellKnown.handle(request, response)
            || (evictions != null && evictions.handle(request, response)));
  }
}
