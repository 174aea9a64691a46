package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 3629 §4, with the decoder of the JDK as the reference. */
class Utf8Test {

  private static void assertAsDecoder(byte[] bytes) {
    boolean valid;
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      valid = true;
    } catch (CharacterCodingException e) {
      valid = false;
    }
    assertThat(Utf8.isValid(bytes)).as("%s", bytes).isEqualTo(valid);
  }

  @Test
  void everyTwoBytesAreValidIfTheDecoderTakesThem() {
    for (int i = 0; i < 0x10000; i++) {
      if (Utf8.isValid(new byte[] {(byte) (i >> 8), (byte) i})) {
        assertAsDecoder(new byte[] {(byte) (i >> 8), (byte) i});
      }
    }
  }

  @Test
  void everyFirstAndSecondByteBeforeContinuationsAreJudgedAsByTheDecoder() {
    for (int first = 0x80; first < 0x100; first++) {
      for (int second = 0x70; second < 0xd0; second++) {
        assertAsDecoder(new byte[] {(byte) first, (byte) second, (byte) 0x80});
        assertAsDecoder(new byte[] {(byte) first, (byte) second, (byte) 0x80, (byte) 0xbf});
        assertAsDecoder(new byte[] {'a', (byte) first, (byte) second, (byte) 0x80, 'b'});
      }
    }
  }

  @Test
  void everyCharacterIsValidAtEveryOffsetAndNoneIfItIsCut() {
    for (int character :
        new int[] {0, 'a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff}) {
      for (int offset = 0; offset < 20; offset++) {
        byte[] bytes =
            ("x".repeat(offset) + Character.toString(character) + "y".repeat(9))
                .getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.isValid(bytes)).isTrue();
        byte[] cut = new byte[offset + 1];
        System.arraycopy(bytes, 0, cut, 0, cut.length);
        assertThat(Utf8.isValid(cut)).isEqualTo(character < 0x80);
      }
    }
  }

  @Test
  void randomBytesAreJudgedAsByTheDecoder() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = "0123456789 wärme 世界 \uD83D\uDE00".getBytes(StandardCharsets.UTF_8);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      assertAsDecoder(bytes);
    }
  }
}
