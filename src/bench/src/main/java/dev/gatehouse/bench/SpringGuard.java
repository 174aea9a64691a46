package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import java.time.Duration;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.RestClientOpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

/**
 * Spring Security's resource server with opaque tokens, put together from the fewest filters that
 * refuse what must be refused. What Spring Boot sets up has nine more, so its users wait longer.
 */
final class SpringGuard {

  private SpringGuard() {}

  /** The chain: bearer token, translation of exceptions, authorization. */
  static Filter chain(int stubPort) {
    return new FilterChainProxy(
        new DefaultSecurityFilterChain(
            AnyRequestMatcher.INSTANCE,
            bearerFilter(stubPort),
            new ExceptionTranslationFilter(
                new BearerTokenAuthenticationEntryPoint(), new NullRequestCache()),
            new AuthorizationFilter(AuthenticatedAuthorizationManager.authenticated())));
  }

  /**
   * The one filter that reads the token; without a token it passes everything on. The thread is
   * left clean, as the chain leaves it: the filter adds up the rights of who is there already.
   */
  static Filter bearerFilterAlone(int stubPort) {
    Filter filter = bearerFilter(stubPort);
    return (request, response, chain) -> {
      try {
        filter.doFilter(request, response, chain);
      } finally {
        SecurityContextHolder.clearContext();
      }
    };
  }

  private static BearerTokenAuthenticationFilter bearerFilter(int stubPort) {
    OpaqueTokenIntrospector introspector =
        new CachedIntrospector(introspector(stubPort), 100_000, Duration.ofHours(1));
    return new BearerTokenAuthenticationFilter(
        new ProviderManager(new OpaqueTokenAuthenticationProvider(introspector)));
  }

  static OpaqueTokenIntrospector introspector(int stubPort) {
    return RestClientOpaqueTokenIntrospector.withIntrospectionUri(
            "http://127.0.0.1:" + stubPort + "/introspect")
        .clientId("mcp-server")
        .clientSecret("mcp-server-secret")
        .build();
  }
}
