package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A blank value counts as not set, and never replaces another one. */
class BlankSettingsTest {

  private static final List<Setting> PER_SERVER =
      Arrays.stream(Setting.values())
          .filter(s -> !errors(minimal().set(perServer(s), "x")).contains("unknown setting"))
          .toList();

  /** Every setting, and the settings of one of several servers: the name and its variable. */
  static Stream<List<String>> everySetting() {
    return Stream.concat(
        Arrays.stream(Setting.values()).map(s -> List.of(s.kebabName(), s.environmentName())),
        PER_SERVER.stream().map(s -> List.of(perServer(s), "GATEHOUSE_SERVER_ONE_" + s.name())));
  }

  private static String perServer(Setting setting) {
    return "server.one." + setting.kebabName();
  }

  private static SettingsBuilder minimal() {
    return Settings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientId("client")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  /** The message of {@code build()}; empty if the settings are valid. */
  private static String errors(SettingsBuilder builder) {
    return Optional.ofNullable(catchThrowable(builder::build))
        .map(Throwable::getMessage)
        .orElse("");
  }

  @MethodSource("everySetting")
  @ParameterizedTest(name = "{0}")
  void aBlankVariableOfAConfiguredSettingIsAnErrorWhicheverComesFirst(List<String> names) {
    String name = names.get(0);
    String variable = names.get(1);
    String expected =
        "%s: the environment variable %s is blank, but %s has a value elsewhere; remove the variable"
            .formatted(name, variable, name);

    for (String blank : List.of("", " \t\n")) {
      Map<String, String> environment = Map.of(variable, blank);
      assertThat(errors(Settings.builder().set(name, "x").environment(environment)))
          .contains(expected, "can't start with these settings");
      assertThat(errors(Settings.builder().environment(environment).set(name, "x")))
          .contains(expected);
    }
  }

  @MethodSource("everySetting")
  @ParameterizedTest(name = "{0}")
  void aBlankValueAloneCountsAsNotSet(List<String> names) {
    SettingsBuilder without = Settings.builder();
    without.set("servers", names.get(0).startsWith("server.") ? "one" : "");

    SettingsBuilder blank = Settings.builder().environment(Map.of(names.get(1), " "));
    blank.set("servers", names.get(0).startsWith("server.") ? "one" : "");

    assertThat(errors(blank)).isEqualTo(errors(without));
  }

  @MethodSource("everySetting")
  @ParameterizedTest(name = "{0}")
  void aBlankValueInJavaOrAnInitParamReplacesNoOther(List<String> names) {
    String name = names.get(0);

    assertThat(errors(Settings.builder().set(name, "\"").set(name, " ")))
        .isEqualTo(errors(Settings.builder().set(name, "\"")));
    assertThat(errors(Settings.builder().set(name, "").set(name, "\"")))
        .isEqualTo(errors(Settings.builder().set(name, "\"")));
  }

  @Test
  void allBlankVariablesAreReportedAtOnceWithAllOtherMistakes() {
    assertThatThrownBy(
            () ->
                minimal()
                    .requiredScopes("notes:read")
                    .audience("https://mcp.example/other")
                    .set("request-timeout", "soon")
                    .environment(Map.of("GATEHOUSE_REQUIRED_SCOPES", "", "GATEHOUSE_AUDIENCE", " "))
                    .build())
        .hasMessageContainingAll(
            "GATEHOUSE_REQUIRED_SCOPES is blank", "GATEHOUSE_AUDIENCE is blank", "'soon' is not");
  }

  @ParameterizedTest
  @ValueSource(strings = {"audience", "allowed-origins", "servers", "authorization-servers"})
  void aListOfCommasIsAnErrorAndNotTheDefault(String name) {
    assertThat(errors(minimal().set(name, " , ,"))).contains(name + ": ', ,' names nothing");
  }

  @Test
  void aRequiredScopeStaysRequiredWithABlankInitParamAfterIt() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        ProtectedServer server =
            ProtectedServer.guarding(
                new CallerServlet(),
                origin ->
                    TestSettings.builder()
                        .resource(origin + "/mcp")
                        .issuer(as.issuer())
                        .clientId("client")
                        .clientSecret(Secrets.CLIENT_SECRET)
                        .requiredScopes("notes:read")
                        .set("required-scopes", "")
                        .build())) {
      as.introspection(
          json(
              200,
              "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\"}"
                  .formatted(server.mcp())));

      assertThat(server.status(Secrets.token())).isEqualTo(403);
    }
  }
}
