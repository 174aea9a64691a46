package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.proof.ProofSettings.Certificates;
import dev.gatehouse.testing.DpopKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates in the header of a proxy (RFC 9440 §2.1, RFC 8941 §3.3.5). */
class ClientCertificatesTest {

  private static @Nullable String thumbprint(String proxy, String... headers) {
    return new ClientCertificates(
            new Certificates(
                ProofMode.ACCEPTED, "Client-Cert", AddressRanges.parse(List.of(proxy))))
        .thumbprint(Fixture.request("POST", headers));
  }

  /** RFC 8705 §3.1: the SHA-256 of the DER, which is three zero bytes here. */
  @Test
  void theThumbprintIsTheHashOfTheBytesBetweenTheColons() {
    String hash = DpopKey.encode(DpopKey.sha256("\u0000".repeat(3)));

    assertThat(thumbprint("127.0.0.1", "Client-Cert", ":AAAA:")).isEqualTo(hash);
    assertThat(thumbprint("127.0.0.1", "client-cert", " :AAAA: ")).isEqualTo(hash);
    assertThat(thumbprint("127.0.0.1", "Client-Cert", ":AA==:"))
        .isEqualTo(DpopKey.encode(DpopKey.sha256("\u0000")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          :
          ::
          AAAA
          :AAAA
          AAAA:
          :AA:
          :AB==:
          :AAA=A:
          :A A A A:
          :AA-_:
          :AAAA:;a
          :AAAA:, :AAAA:
          ":AAAA:"
          """)
  void anotherFormIsNoCertificate(String header) {
    assertThat(thumbprint("127.0.0.1", "Client-Cert", header)).isNull();
  }

  @Test
  void theHeaderOccursOnceAndComesFromAProxy() {
    assertThat(thumbprint("127.0.0.1")).isNull();
    assertThat(thumbprint("127.0.0.1", "Client-Cert", "")).isNull();
    assertThat(thumbprint("127.0.0.1", "Client-Cert", ":AAAA:", "Client-Cert", ":AAAA:")).isNull();
    assertThat(thumbprint("127.0.0.2", "Client-Cert", ":AAAA:")).isNull();
  }
}
