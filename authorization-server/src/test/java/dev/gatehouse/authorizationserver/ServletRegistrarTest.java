package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registration of the servlets in an application, under any context path. */
class ServletRegistrarTest {
  private static final class Other extends GenericServlet {
    private static final long serialVersionUID = 1L;

    @Override
    public void service(ServletRequest request, ServletResponse response) {}
  }

  @ParameterizedTest(name = "context {0}, issuer path {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /      |           | /oauth/token
          /      | /tenant   | /tenant/oauth/token
          /app   | /app      | /app/oauth/token
          /app   | /app/a/b  | /app/a/b/oauth/token
          /app   |           | /app/oauth/token
          /app   | /apple    | /app/apple/oauth/token
          """)
  void everyEndpointIsBelowTheIssuersPathInsideTheContext(
      String contextPath, @Nullable String issuerPath, String tokenPath) {
    try (TestServer server =
        TestServer.start(
            contextPath,
            (origin, context) ->
                Demo.server(origin + (issuerPath == null ? "" : issuerPath))
                    .build()
                    .register(context))) {
      String token =
          text(server.post(tokenPath, "client", "client-secret", Demo.FROM_CLIENT), "access_token");
      Map<String, Object> claims =
          json(
              server.post(
                  tokenPath.replace("/token", "/introspect"),
                  "notes-server",
                  "notes-secret",
                  "token=" + token));

      assertThat(claims)
          .containsEntry("active", true)
          .containsEntry("iss", server.origin() + (issuerPath == null ? "" : issuerPath));
      assertThat(server.get(tokenPath.replace("token", "other")).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aSecondRegistrationInOneApplicationIsRefused() {
    assertRefused(
            context -> {
              Demo.server("https://host").build().register(context);
              Demo.server("https://host").build().register(context);
            })
        .hasMessageStartingWith("this application has a servlet gatehouse-authorization-server-");
  }

  @Test
  void anotherServletAtOneOfThePathsIsRefused() {
    assertRefused(
            context -> {
              context.addServlet("other", new Other()).addMapping("/oauth/token");
              Demo.server("https://host").build().register(context);
            })
        .hasMessage(
            "another servlet of this application is mapped to [/oauth/token]; map it elsewhere");
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(Consumer<ServletContext> application) {
    AtomicReference<@Nullable RuntimeException> refused = new AtomicReference<>();
    TestServer.start(
            (origin, context) -> {
              try {
                application.accept(context);
              } catch (RuntimeException e) {
                refused.set(e);
              }
            })
        .close();
    return assertThatThrownBy(
            () -> {
              throw requireNonNull(refused.get(), "not refused");
            })
        .isInstanceOf(IllegalStateException.class);
  }
}
