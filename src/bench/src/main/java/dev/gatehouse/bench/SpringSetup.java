package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import java.time.Duration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.RestClientOpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;

/** The resource server of Spring Security for opaque tokens, with a cache. */
final class SpringSetup {

  private SpringSetup() {}

  /** All filters that its configuration creates for an API without sessions. */
  static Filter chain(int stubPort) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean(OpaqueTokenIntrospector.class, () -> introspector(stubPort));
    context.register(ResourceServer.class);
    context.refresh();
    return context.getBean("springSecurityFilterChain", Filter.class);
  }

  /** The configuration from the manual of Spring Security. */
  @Configuration(proxyBeanMethods = false)
  @EnableWebSecurity
  static class ResourceServer {

    @Bean
    SecurityFilterChain chain(HttpSecurity http, OpaqueTokenIntrospector introspector) {
      return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .oauth2ResourceServer(server -> server.opaqueToken(t -> t.introspector(introspector)))
          .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
          .csrf(AbstractHttpConfigurer::disable)
          .build();
    }
  }

  /**
   * The filter that reads the token; it passes on requests without one. Clears the context after
   * each request, as the chain does, because the filter merges the authorities of an existing
   * context.
   */
  static Filter bearerFilterAlone(int stubPort) {
    Filter filter =
        new BearerTokenAuthenticationFilter(
            new ProviderManager(new OpaqueTokenAuthenticationProvider(introspector(stubPort))));
    return (request, response, chain) -> {
      try {
        filter.doFilter(request, response, chain);
      } finally {
        SecurityContextHolder.clearContext();
      }
    };
  }

  private static OpaqueTokenIntrospector introspector(int stubPort) {
    OpaqueTokenIntrospector uncached =
        RestClientOpaqueTokenIntrospector.withIntrospectionUri(
                "http://127.0.0.1:" + stubPort + "/introspect")
            .clientId("mcp-server")
            .clientSecret("mcp-server-secret")
            .build();
    return new CachedIntrospector(uncached, 100_000, Duration.ofHours(1));
  }
}
