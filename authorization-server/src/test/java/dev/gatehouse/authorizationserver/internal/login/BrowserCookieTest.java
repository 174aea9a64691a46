package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
          https://host          | __Host-gatehouse-session=VALUE; Path=/; HttpOnly; SameSite=Lax; Secure
          HTTPS://host          | __Host-gatehouse-session=VALUE; Path=/; HttpOnly; SameSite=Lax; Secure
          https://127.0.0.1     | __Host-gatehouse-session=VALUE; Path=/; HttpOnly; SameSite=Lax; Secure
          http://host           | __Host-gatehouse-session=VALUE; Path=/; HttpOnly; SameSite=Lax; Secure
          http://127.0.0.1:8080 | gatehouse-session=VALUE; Path=/oauth; HttpOnly; SameSite=Lax
          http://localhost      | gatehouse-session=VALUE; Path=/oauth; HttpOnly; SameSite=Lax
          http://[::1]:1/x      | gatehouse-session=VALUE; Path=/x/oauth; HttpOnly; SameSite=Lax
          """)
  void theCookieBelongsToTheHostAloneExceptOnLoopback(String issuer, String header) {
    OpaqueToken value = OpaqueToken.random();

    assertThat(new BrowserCookie(issuer).set(value))
        .isEqualTo(header.replace("VALUE", value.value()));
  }

  @Test // RFC 6265bis §4.1.3.2: the path must be /, so it cannot keep two servers apart
  void serversWithDifferentPathsOnOneHostHaveCookiesOfDifferentNames() {
    OpaqueToken value = OpaqueToken.random();
    Set<String> names = new HashSet<>();
    for (String path : List.of("", "/a", "/b", "/a/b", "/a-b", "/a%20b")) {
      String header = new BrowserCookie("https://host" + path).set(value);
      assertThat(header)
          .matches("__Host-gatehouse-session(-[A-Za-z0-9_-]{16})?=[^;]+; Path=/; .*Secure");
      names.add(header.substring(0, header.indexOf('=')));
    }

    assertThat(names).hasSize(6);
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
