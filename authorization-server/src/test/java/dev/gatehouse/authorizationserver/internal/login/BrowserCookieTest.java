package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attributes of the session cookie (RFC 6265 §4.1.2) and its form token. */
class BrowserCookieTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://host          | ; Path=/oauth; HttpOnly; SameSite=Lax; Secure
          HTTPS://host          | ; Path=/oauth; HttpOnly; SameSite=Lax; Secure
          https://host/tenant   | ; Path=/tenant/oauth; HttpOnly; SameSite=Lax; Secure
          https://host/a/b%20c  | ; Path=/a/b%20c/oauth; HttpOnly; SameSite=Lax; Secure
          https://127.0.0.1     | ; Path=/oauth; HttpOnly; SameSite=Lax; Secure
          http://host           | ; Path=/oauth; HttpOnly; SameSite=Lax; Secure
          http://127.0.0.1:8080 | ; Path=/oauth; HttpOnly; SameSite=Lax
          http://localhost      | ; Path=/oauth; HttpOnly; SameSite=Lax
          http://[::1]:1/x      | ; Path=/x/oauth; HttpOnly; SameSite=Lax
          """)
  void theCookieIsSecureExceptOnLoopbackAndHasThePathOfTheIssuer(String issuer, String attributes) {
    OpaqueToken value = OpaqueToken.random();

    assertThat(new BrowserCookie(issuer).set(value))
        .isEqualTo("gatehouse-session=" + value.value() + attributes);
  }

  @Test
  void aFormTokenBelongsToOneCookie() {
    OpaqueToken cookie = OpaqueToken.random();
    String formToken = BrowserCookie.formToken(cookie);

    assertThat(BrowserCookie.isFormTokenOf(cookie, formToken)).isTrue();
    assertThat(BrowserCookie.isFormTokenOf(OpaqueToken.random(), formToken)).isFalse();
    assertThat(BrowserCookie.isFormTokenOf(cookie, cookie.value())).isFalse();
    assertThat(BrowserCookie.isFormTokenOf(cookie, formToken + "x")).isFalse();
    assertThat(BrowserCookie.isFormTokenOf(cookie, "")).isFalse();
    assertThat(BrowserCookie.isFormTokenOf(cookie, null)).isFalse();
  }

  @Test // the hash of the cookie is in the session store
  void theFormTokenIsNotTheHashInTheSessionStore() {
    OpaqueToken cookie = OpaqueToken.random();

    assertThat(BrowserCookie.formToken(cookie)).isNotEqualTo(cookie.hash().value());
  }
}
