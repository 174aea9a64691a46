package dev.gatehouse.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Builds JWTs: a good access token (RFC 9068 §2), and what becomes of it by changes. */
public final class TestJwt {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JwtSigner signer;
  private final ObjectNode header = MAPPER.createObjectNode();
  private final ObjectNode payload = MAPPER.createObjectNode();

  private TestJwt(JwtSigner signer) {
    this.signer = signer;
  }

  /** An access token that was issued now and expires in a minute. */
  public static TestJwt accessToken(JwtSigner signer, String issuer, String audience, Instant now) {
    return empty(signer)
        .header("typ", "at+jwt")
        .claim("iss", issuer)
        .claim("aud", audience)
        .claim("sub", "alice")
        .claim("client_id", "app")
        .claim("scope", "mcp:use")
        .claim("jti", Secrets.token()) // each token has a part that must not be logged
        .claim("iat", now.getEpochSecond())
        .claim("exp", now.getEpochSecond() + 60);
  }

  /** A JWT without any claim. */
  public static TestJwt empty(JwtSigner signer) {
    return new TestJwt(signer).header("alg", signer.algorithm()).header("kid", signer.keyId());
  }

  public TestJwt header(String name, Object value) {
    header.set(name, MAPPER.valueToTree(value));
    return this;
  }

  public TestJwt claim(String name, Object value) {
    payload.set(name, MAPPER.valueToTree(value));
    return this;
  }

  public TestJwt withoutHeader(String name) {
    header.remove(name);
    return this;
  }

  public TestJwt withoutClaim(String name) {
    payload.remove(name);
    return this;
  }

  /** Adds, replaces or (with the text "-") removes members. */
  public TestJwt change(String headerChanges, String claimChanges) {
    change(header, headerChanges);
    change(payload, claimChanges);
    return this;
  }

  private static void change(ObjectNode object, String changes) {
    try {
      for (var member : MAPPER.readTree("{" + changes + "}").properties()) {
        JsonNode value = member.getValue();
        if ("-".equals(value.textValue())) {
          object.remove(member.getKey());
        } else {
          object.set(member.getKey(), value);
        }
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError(changes, e);
    }
  }

  public String headerJson() {
    return header.toString();
  }

  public String payloadJson() {
    return payload.toString();
  }

  /** The JWT, signed. */
  public String signed() {
    return signer.sign(headerJson(), payloadJson());
  }
}
