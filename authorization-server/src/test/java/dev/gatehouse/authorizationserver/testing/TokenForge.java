package dev.gatehouse.authorizationserver.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** DPoP proofs that no client would make. */
public final class TokenForge {
  private TokenForge() {}

  private static String base64(String text) {
    return Base64URL.encode(text).toString();
  }

  /** Signs any header and claims with a key. */
  public static String sign(DpopKey key, String header, String claims) {
    String input = base64(header) + "." + base64(claims);
    try {
      JWSAlgorithm algorithm =
          key.key() instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
      return input + "." + key.signer().sign(new JWSHeader(algorithm), input.getBytes(UTF_8));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** Signs claims of any type, which Nimbus would not. */
  public static String sign(DpopKey key, Map<String, Object> claims) {
    return sign(key, header(key, ""), JSONObjectUtils.toJSONString(claims));
  }

  private static String header(DpopKey key, String more) {
    return "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":"
        + key.key().toPublicJWK().toJSONString()
        + more
        + "}";
  }

  /** By name: one for each mistake, otherwise valid. */
  public static Map<String, String> forgedProofs(TestServer server, DpopKey key, Instant now) {
    JWTClaimsSet claims = DpopKey.claims(server, now).build();
    String text = JSONObjectUtils.toJSONString(claims.toJSONObject());
    DpopKey other = DpopKey.ec();
    String good = key.proof(claims);
    String[] parts = good.split("\\.", -1);
    String[] others = other.proof(claims).split("\\.", -1);
    Map<String, String> forged = new LinkedHashMap<>();
    forged.put("empty", "");
    forged.put("no JWT", "abc");
    forged.put("two parts", parts[0] + "." + parts[1]);
    forged.put("four parts", good + ".a");
    forged.put("five parts, as JWE", good + ".a.b");
    forged.put("a dot at the end", good + ".");
    forged.put("no signature", parts[0] + "." + parts[1] + ".");
    forged.put("padding", good + "=");
    forged.put("a space", parts[0] + "." + parts[1] + ". " + parts[2]);
    forged.put("other bits in the last character", otherLastBits(parts));
    forged.put("another key's signature", parts[0] + "." + parts[1] + "." + others[2]);
    forged.put("another key's header", others[0] + "." + parts[1] + "." + parts[2]);
    forged.put("the signature of 64 zeros", parts[0] + "." + parts[1] + "." + zeros());
    forged.put("too long", sign(key, header(key, ",\"x\":\"" + "x".repeat(4_000) + "\""), text));
    forged.put(
        "unsigned", base64(header(key, "").replace("ES256", "none")) + "." + base64(text) + ".");
    forged.put("HMAC with the public key", hmac(key, claims));
    for (String type : List.of("JWT", "at+jwt", "dpop", "DPOP+JWT+x")) {
      forged.put("typ " + type, key.proof(claims, header -> header.type(new JOSEObjectType(type))));
    }
    forged.put("no typ", sign(key, header(key, "").replace("\"typ\":\"dpop+jwt\",", ""), text));
    forged.put("no jwk", key.proof(claims, header -> header.jwk(null)));
    forged.put(
        "a private key",
        sign(
            key,
            header(key, "").replace(key.key().toPublicJWK().toJSONString(), key.key().toString()),
            text));
    forged.put("crit", sign(key, header(key, ",\"crit\":[\"x\"],\"x\":1"), text));
    forged.put("b64", sign(key, header(key, ",\"crit\":[\"b64\"],\"b64\":true"), text));
    forged.put(
        "jku", key.proof(claims, header -> header.jwkURL(URI.create("https://evil.example"))));
    forged.put(
        "x5u", key.proof(claims, header -> header.x509CertURL(URI.create("https://evil.example"))));
    forged.put("another curve", DpopKey.ec(Curve.P_384).proof(claims));
    forged.put("a short RSA key", DpopKey.rsa(1024).proof(claims));
    forged.put("the claims are no object", sign(key, header(key, ""), "[]"));
    forged.put("the claims are null", sign(key, header(key, ""), "null"));
    forged.put("the header is no object", base64("[]") + "." + parts[1] + "." + parts[2]);
    forged.put("the claims are not UTF-8", parts[0] + "._w." + parts[2]);
    return forged;
  }

  private static String otherLastBits(String[] parts) {
    // 64 bytes are 86 characters, and the last of them has four bits to spare.
    String start = parts[0] + "." + parts[1] + "." + parts[2].substring(0, 85);
    return start + (parts[2].endsWith("A") ? "B" : next(parts[2].charAt(85)));
  }

  private static String next(char last) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return alphabet.substring(alphabet.indexOf(last) + 1).substring(0, 1);
  }

  private static String zeros() {
    return Base64URL.encode(new byte[64]).toString();
  }

  private static String hmac(DpopKey key, JWTClaimsSet claims) {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(key.key().toPublicJWK())
                .build(),
            claims);
    try {
      jwt.sign(new MACSigner(key.key().toPublicJWK().toJSONString().getBytes(UTF_8)));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return jwt.serialize();
  }
}
