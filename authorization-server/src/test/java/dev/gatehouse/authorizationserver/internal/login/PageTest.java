package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Content-Security-Policy of pages. */
class PageTest {
  @ParameterizedTest
  @CsvSource({
    "https://host/path, https://host",
    "http://127.0.0.1:33418/x, http://127.0.0.1:33418",
    "http://[::1]:33418/x, http:",
    "com.example.notes:/done, com.example.notes:",
  })
  void formActionAllowsTheOriginOfTheRedirectUri(String redirect, String source) {
    assertThat(Page.source(URI.create(redirect))).isEqualTo(source);
  }
}
