package dev.gatehouse.authorizationserver.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audience of a token (RFC 8707 §2). */
class RequestedResourcesTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the same                       | https://host/mcp       | https://host/mcp       | true
          scheme and host in upper case  | https://host/mcp       | HTTPS://HOST/mcp       | true
          a root path and none           | https://host           | https://host/          | true
          none and a root path           | https://host/          | https://host           | true
          a root path of a port          | https://host:8443      | https://host:8443/     | true
          a path in upper case           | https://host/mcp       | https://host/MCP       | false
          a slash after a path           | https://host/mcp       | https://host/mcp/      | true
          no slash after a path          | https://host/mcp/      | https://host/mcp       | true
          two slashes after a path       | https://host/mcp       | https://host/mcp//     | false
          the default port               | https://host/mcp       | https://host:443/mcp   | true
          the default port of http       | http://host/mcp        | http://host:80/mcp     | true
          the default port of the other  | https://host/mcp       | https://host:80/mcp    | false
          everything at once             | https://host/mcp       | HTTPS://Host:443/mcp/  | true
          a name with an underscore      | https://a_service/mcp  | HTTPS://A_Service:443/mcp/ | true
          a user                         | https://host/mcp       | https://u@host/mcp     | false
          a slash after a query          | https://host/mcp?x=1   | https://host/mcp?x=1/  | false
          a slash before a query         | https://host/mcp?x=1   | https://host/mcp/?x=1  | true
          another scheme with a host     | api://mcp/x            | api://MCP/x            | true
          another port                   | https://host/mcp       | https://host:8443/mcp  | false
          another scheme                 | https://host/mcp       | http://host/mcp        | false
          a subdomain                    | https://host/mcp       | https://a.host/mcp     | false
          a query                        | https://host/mcp       | https://host/mcp?x     | false
          a root path with a query       | https://host           | https://host/?x        | false
          a fragment                     | https://host/mcp       | https://host/mcp#x     | false
          a path with dots               | https://host/mcp       | https://host/x/../mcp  | false
          an encoded character           | https://host/mcp       | https://host/%6Dcp     | false
          relative                       | https://host/mcp       | /mcp                   | false
          empty                          | https://host/mcp       | ''                     | false
          a URN                          | urn:example:notes      | urn:example:notes      | true
          another URN                    | urn:example:notes      | urn:example:maps       | false
          """)
  void aRequestedResourceMustBeKnown(String what, String known, String requested, boolean chosen) {
    RequestedResources resources = new RequestedResources(Set.of(known));

    for (RequestedResources.Outcome outcome :
        List.of(
            resources.choose(List.of(URI.create(requested))),
            resources.narrow(List.of(URI.create(requested))))) {
      // The audience is spelled as configured: resource servers compare it exactly.
      assertThat(outcome)
          .isEqualTo(
              chosen
                  ? new RequestedResources.Chosen(Set.of(known))
                  : new RequestedResources.Refused());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none of one       | a:1     |         | a:1     | a:1
          none of two       | a:1 a:2 |         |         | a:1 a:2
          one of two        | a:1 a:2 | a:2     | a:2     | a:2
          both              | a:1 a:2 | a:2 a:1 | a:2 a:1 | a:2 a:1
          one twice         | a:1 a:2 | a:1 a:1 | a:1     | a:1
          one and an unknown | a:1 a:2 | a:1 a:3 |        |
          """)
  void withoutARequestOnlyTheSingleResourceIsChosenAndEveryGrantedOneIsKept(
      String what,
      String known,
      @Nullable String requested,
      @Nullable String chosen,
      @Nullable String narrowed) {
    RequestedResources resources =
        new RequestedResources(new LinkedHashSet<>(Arrays.asList(known.split(" "))));
    List<URI> uris =
        requested == null
            ? List.of()
            : Arrays.stream(requested.split(" ")).map(URI::create).toList();

    assertThat(resources.choose(uris)).isEqualTo(outcome(chosen));
    assertThat(resources.narrow(uris)).isEqualTo(outcome(narrowed));
  }

  @Test
  void noParameterCountsAsNoResource() {
    RequestedResources resources = new RequestedResources(Set.of("a:1"));

    assertThat(resources.choose(null)).isEqualTo(outcome("a:1"));
    assertThat(resources.narrow(null)).isEqualTo(outcome("a:1"));
  }

  private static RequestedResources.Outcome outcome(@Nullable String resources) {
    return resources == null
        ? new RequestedResources.Refused()
        : new RequestedResources.Chosen(new LinkedHashSet<>(Arrays.asList(resources.split(" "))));
  }
}
