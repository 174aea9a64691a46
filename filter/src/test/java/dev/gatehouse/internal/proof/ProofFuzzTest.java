package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.testing.DpopKey;
import java.net.URI;

/**
 * Fuzzes the parsing of proofs. The normal build replays stored inputs; the profile {@code fuzz}
 * searches for new ones, guided by coverage.
 */
class ProofFuzzTest {

  private static final Fixture FIXTURE = new Fixture();
  private static final DpopKey OTHER = DpopKey.create();

  @FuzzTest(maxDuration = "60s")
  void proof(FuzzedDataProvider data) {
    assertThat(FIXTURE.outcome(data.consumeRemainingAsString())).matches("(?s)dpop_[a-z]+: .*");
  }

  /** Signed by a key to which the token is not bound. */
  @FuzzTest(maxDuration = "60s")
  void signedProof(FuzzedDataProvider data) {
    String header = data.consumeString(300);
    String payload = data.consumeRemainingAsString();

    assertThat(FIXTURE.outcome(OTHER.sign(header, payload))).matches("(?s)dpop_[a-z]+: .*");
  }

  @FuzzTest(maxDuration = "60s")
  void uri(FuzzedDataProvider data) {
    String normalized = RequestUri.normalize(data.consumeRemainingAsString());

    if (normalized != null) {
      URI uri = URI.create(normalized);
      assertThat(uri.getRawQuery()).isNull();
      assertThat(uri.getRawFragment()).isNull();
      assertThat(uri.getHost() == null && !normalized.contains("_")).isFalse();
    }
  }
}
