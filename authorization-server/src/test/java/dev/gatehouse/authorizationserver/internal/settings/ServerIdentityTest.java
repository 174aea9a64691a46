package dev.gatehouse.authorizationserver.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {
  private static final Set<String> RESOURCES = Set.of("https://notes.example.com/mcp");

  private static List<String> errors(String issuer, boolean allowInsecureHttp) {
    return new ServerIdentity(issuer, RESOURCES, Set.of(), allowInsecureHttp).errors();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.example.com",
        "HTTPS://login.example.com",
        "https://login.example.com:8443",
        "https://login.example.com/tenant/1",
        "http://localhost",
        "http://LOCALHOST:8080",
        "http://127.0.0.1:8080/path",
        "http://127.255.255.254",
        "http://[::1]:8080",
      })
  void anHttpsUrlOrALoopbackUrlIsAnIssuer(String issuer) {
    assertThat(errors(issuer, false)).isEmpty();
  }

  @ParameterizedTest(name = "{0}") // RFC 8414 §2
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing               | ''                                 | is missing
          a relative URL        | login.example.com                  | is not an absolute http or https URL
          another scheme        | ftp://login.example.com            | is not an absolute http or https URL
          an opaque URI         | https:login.example.com            | is not an absolute http or https URL
          no host               | https:///path                      | is not an absolute http or https URL
          a space               | https://login example.com          | is not an absolute http or https URL
          a query               | https://login.example.com?x=1      | must have no query, fragment or user
          an empty query        | https://login.example.com?         | must have no query, fragment or user
          a fragment            | https://login.example.com#x        | must have no query, fragment or user
          a user                | https://user@login.example.com     | must have no query, fragment or user
          a slash at the end    | https://login.example.com/         | ends in a slash
          a slash after a path  | https://login.example.com/tenant/  | ends in a slash
          http elsewhere        | http://login.example.com           | would send secrets in the clear
          http in the network   | http://10.0.0.1                    | would send secrets in the clear
          a name like loopback  | http://127.0.0.1.example.com       | would send secrets in the clear
          a name like localhost | http://localhost.example.com       | would send secrets in the clear
          any address           | http://0.0.0.0                     | would send secrets in the clear
          """)
  void anotherIssuerIsRefusedWithItsReason(String what, String issuer, String reason) {
    assertThat(errors(issuer, false))
        .singleElement()
        .asString()
        .startsWith("issuer: ")
        .contains(reason);
  }

  @Test
  void insecureHttpMustBeAllowedAndNothingElseIsAllowedWithIt() {
    assertThat(errors("http://login.example.com", true)).isEmpty();
    assertThat(errors("ftp://login.example.com", true)).hasSize(1);
    assertThat(errors("http://login.example.com/", true)).hasSize(1);
  }

  @ParameterizedTest // RFC 8707 §2
  @CsvSource({
    "https://notes.example.com/mcp, true",
    "https://notes.example.com/mcp?x=1, true",
    "urn:example:notes, true",
    "/mcp, false",
    "notes, false",
    "https://notes.example.com/mcp#x, false",
    "https://notes.example.com/mcp#, false",
    "https://notes example.com, false",
  })
  void aResourceIsAnAbsoluteUriWithoutAFragment(String resource, boolean legal) {
    List<String> errors =
        new ServerIdentity("https://login.example.com", Set.of(resource), Set.of(), false).errors();

    if (legal) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(errors).singleElement().asString().startsWith("resource: " + resource + " must");
    }
  }

  @Test
  void allErrorsAreListed() {
    assertThat(
            new ServerIdentity("http://user@login.example.com/", Set.of(), Set.of("a b"), false)
                .errors())
        .hasSize(5)
        .allSatisfy(error -> assertThat(error).matches("(?s)[a-zA-Z]+: .*"));
  }
}
