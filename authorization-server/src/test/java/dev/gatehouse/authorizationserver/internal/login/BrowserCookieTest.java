package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import org.junit.jupiter.api.Test;

class BrowserCookieTest {
  @Test
  void theCookieOfAnHttpsIssuerIsSecureAndHasItsPath() {
    assertThat(new BrowserCookie("https://host/tenant").set(OpaqueToken.random()))
        .endsWith("; Path=/tenant/oauth; HttpOnly; SameSite=Lax; Secure");
  }
}
