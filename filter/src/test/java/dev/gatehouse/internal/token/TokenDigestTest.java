package dev.gatehouse.internal.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The digest of a token is its SHA-256 hash as the JDK computes it. */
class TokenDigestTest {

  private static final String SCHEME = "Bearer ";

  @ParameterizedTest(name = "{0} characters")
  @ValueSource(ints = {0, 1, 43, 55, 56, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 8192})
  void theDigestOfATokenOfAnyLengthEqualsTheJdksHash(int length) throws Exception {
    String token =
        new Random(length)
            .ints(length, '!', 0x7f)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(token.getBytes(US_ASCII));
    TokenDigest digest = TokenDigest.borrow();

    assertThat(digest.hash((SCHEME + token).getBytes(US_ASCII), SCHEME.length()))
        .isEqualTo(expected);
    assertThat(digest.hash(token.getBytes(US_ASCII), 0)).isEqualTo(expected);
    assertThat(TokenDigest.of(token)).isEqualTo(expected);
  }
}
