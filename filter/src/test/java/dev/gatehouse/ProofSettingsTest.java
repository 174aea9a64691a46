package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.proof.ProofMode;
import dev.gatehouse.testing.TestSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of proof of possession, and their mistakes. */
class ProofSettingsTest {

  private static SettingsBuilder builder() {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint("https://as.example/introspect")
        .clientAuthMethod("none");
  }

  @Test
  void proofsAreOffByDefault() {
    Settings settings = builder().build();

    assertThat(settings.proof.dpop().mode()).isEqualTo(ProofMode.OFF);
    assertThat(settings.proof.dpop().advertisedAlgorithms()).isEmpty();
    assertThat(settings.proof.certificates().mode()).isEqualTo(ProofMode.OFF);
  }

  @Test
  void theBuilderSetsThem() {
    Settings settings =
        builder()
            .dpop("required")
            .dpopAlgorithms("ES256 PS512")
            .dpopProofAge(Duration.ofSeconds(20))
            .dpopNonce("on")
            .mtlsBoundTokens("accepted")
            .clientCertHeader("Client-Cert")
            .clientCertProxies("10.0.0.0/8 ::1")
            .build();

    assertThat(settings.proof.dpop().mode()).isEqualTo(ProofMode.REQUIRED);
    assertThat(settings.proof.dpop().advertisedAlgorithms()).containsExactly("ES256", "PS512");
    assertThat(settings.proof.dpop().maxAge()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.proof.dpop().nonces()).isTrue();
    assertThat(settings.proof.certificates().header()).isEqualTo("Client-Cert");
    assertThat(settings.proof.certificates().proxies().ranges()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dpop=on              | dpop: 'on' is unknown; write off, accepted or required
          mtls-bound-tokens=On | mtls-bound-tokens: 'On' is unknown; write off, accepted or required
          dpop-nonce=on        | dpop-nonce: has no effect with dpop=off; set that to accepted or required, or remove this
          dpop-proof-age=10s   | dpop-proof-age: has no effect with dpop=off
          dpop-algorithms=ES256 | dpop-algorithms: has no effect with dpop=off
          dpop=accepted;dpop-nonce=true | dpop-nonce: 'true' is unknown; write off or on
          dpop=accepted;dpop-proof-age=1h | dpop-proof-age: '1h' is out of range; write a duration from 1s to 5m
          dpop=accepted;dpop-algorithms=ES256 HS256 | dpop-algorithms: 'HS256' is unknown, or not asymmetric; write some of ES256
          dpop=accepted;dpop-algorithms=none | dpop-algorithms: 'none' is unknown
          client-cert-header=Client-Cert | client-cert-header: has no effect with mtls-bound-tokens=off
          mtls-bound-tokens=accepted;client-cert-header=Client-Cert | client-cert-proxies: missing beside client-cert-header; write the addresses
          mtls-bound-tokens=accepted;client-cert-proxies=::1 | client-cert-header: missing beside client-cert-proxies
          mtls-bound-tokens=accepted;client-cert-header=a b;client-cert-proxies=::1 | client-cert-header: 'a b' is not the name of a header
          mtls-bound-tokens=accepted;client-cert-header=X-Cert;client-cert-proxies=proxy.example | client-cert-proxies: 'proxy.example' is no address
          """)
  void aMistakeIsReported(String settings, String error) {
    SettingsBuilder builder = builder();
    for (String setting : settings.split(";", -1)) {
      String[] parts = setting.split("=", 2);
      builder.set(parts[0], parts[1]);
    }

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(error);
  }
}
