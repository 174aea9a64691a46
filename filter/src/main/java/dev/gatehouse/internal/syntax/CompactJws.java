package dev.gatehouse.internal.syntax;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JWT in the compact serialization of a JWS (RFC 7515 §3.1), parsed but not verified:
 *
 * <pre>
 * BASE64URL(UTF8(header)) . BASE64URL(payload) . BASE64URL(signature)
 * </pre>
 *
 * <p>We parse it ourselves, because parsers differ in what they ignore: Nimbus's takes several
 * texts for the same JWT.
 */
public final class CompactJws {

  /** In characters. Headers have around a hundred; with a large RSA key, two thousand. */
  private static final int MAX_HEADER = 4096;

  /** In characters: that of RSA with 8192 bits has 1366. */
  private static final int MAX_SIGNATURE = 1400;

  private static final int PARTS_OF_JWE = 5;

  private final byte[] text;
  private final int firstDot;
  private final int secondDot;
  private final JsonNode header;
  private final byte[] signature;

  private CompactJws(byte[] text, int firstDot, int secondDot) throws MalformedException {
    this.text = text;
    this.firstDot = firstDot;
    this.secondDot = secondDot;
    if (firstDot > MAX_HEADER) {
      throw new MalformedException("the header is longer than " + MAX_HEADER + " characters");
    }
    if (text.length - secondDot - 1 > MAX_SIGNATURE) {
      throw new MalformedException("the signature is longer than " + MAX_SIGNATURE + " characters");
    }
    header = object(0, firstDot, "header");
    byte[] decoded = Base64Url.decode(text, secondDot + 1, text.length);
    if (decoded == null || decoded.length == 0) {
      throw new MalformedException("the signature is missing, or not canonical Base64url");
    }
    signature = decoded;
  }

  /** A text is not a JWS of this form. */
  public static final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;

    /** Without a stack trace: a caller can send any number of such texts. */
    private MalformedException(String problem) {
      super(problem, null, false, false);
      this.problem = problem;
    }

    /** What is wrong; quotes nothing. */
    public String problem() {
      return problem;
    }
  }

  /**
   * Parses the three parts, except for the payload.
   *
   * @param text in ASCII; not copied
   */
  public static CompactJws parse(byte[] text) throws MalformedException {
    int first = indexOf(text, '.', 0);
    int second = indexOf(text, '.', first + 1);
    if (first < 0 || second < 0 || indexOf(text, '.', second + 1) >= 0) {
      throw new MalformedException(
          parts(text) == PARTS_OF_JWE
              ? "encrypted tokens (JWE) are not supported: let the authorization server sign only"
              : "not a JWT: it has not three parts");
    }
    return new CompactJws(text, first, second);
  }

  /** A JSON object. */
  public JsonNode header() {
    return header;
  }

  /** Parses the payload, a JSON object. */
  public JsonNode parsePayload() throws MalformedException {
    return object(firstDot + 1, secondDot, "payload");
  }

  /** The first two parts, as they were sent. */
  public byte[] signingInput() {
    return Arrays.copyOf(text, secondDot);
  }

  /** Not a copy. */
  public byte[] signature() {
    return signature;
  }

  private JsonNode object(int start, int end, String part) throws MalformedException {
    byte[] decoded = Base64Url.decode(text, start, end);
    if (decoded == null) {
      throw new MalformedException("the " + part + " is not canonical Base64url");
    }
    if (!Utf8.isValid(decoded)) {
      throw new MalformedException("the " + part + " is not UTF-8");
    }
    try {
      JsonNode json = StrictJson.parse(new String(decoded, StandardCharsets.UTF_8));
      if (json.isObject()) {
        return json;
      }
      throw new MalformedException("the " + part + " is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new MalformedException(
          "the " + part + " is not strict JSON: " + StrictJson.describe(e));
    }
  }

  private static int indexOf(byte[] text, char c, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }

  private static int parts(byte[] text) {
    int parts = 1;
    for (byte c : text) {
      parts += c == '.' ? 1 : 0;
    }
    return parts;
  }
}
