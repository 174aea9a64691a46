package dev.gatehouse.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The key of a client that signs DPoP proofs (RFC 9449 §4), with the JDK's cryptography alone. */
public final class DpopKey {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final JsonMapper JSON = new JsonMapper();

  private final String algorithm;
  private final KeyPair pair;

  private DpopKey(String algorithm, KeyPair pair) {
    this.algorithm = algorithm;
    this.pair = pair;
  }

  /** A new key for ES256. */
  public static DpopKey create() {
    return create("ES256");
  }

  /** A new key for this algorithm; of 2048 bits for RSA. */
  public static DpopKey create(String algorithm) {
    return switch (algorithm) {
      case "ES256" -> ec(algorithm, "secp256r1");
      case "ES384" -> ec(algorithm, "secp384r1");
      case "ES512" -> ec(algorithm, "secp521r1");
      case "EdDSA", "Ed25519" -> new DpopKey(algorithm, generate("Ed25519", null, 0));
      default -> rsa(algorithm, 2048);
    };
  }

  public static DpopKey rsa(String algorithm, int bits) {
    return new DpopKey(algorithm, generate("RSA", null, bits));
  }

  private static DpopKey ec(String algorithm, String curve) {
    return new DpopKey(algorithm, generate("EC", new ECGenParameterSpec(curve), 0));
  }

  /** The same key, used with another algorithm. */
  public DpopKey with(String other) {
    return new DpopKey(other, pair);
  }

  private static KeyPair generate(String type, ECGenParameterSpec curve, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      if (curve != null) {
        generator.initialize(curve);
      } else if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public KeyPair pair() {
    return pair;
  }

  /** The public JWK, its required members alone. */
  public Map<String, Object> jwk() {
    Map<String, Object> jwk = new TreeMap<>();
    if (pair.getPublic() instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      jwk.put("kty", "EC");
      jwk.put("crv", bits == 256 ? "P-256" : bits == 384 ? "P-384" : "P-521");
      jwk.put("x", encode(unsigned(ec.getW().getAffineX(), (bits + 7) / 8)));
      jwk.put("y", encode(unsigned(ec.getW().getAffineY(), (bits + 7) / 8)));
    } else if (pair.getPublic() instanceof RSAPublicKey rsa) {
      jwk.put("kty", "RSA");
      jwk.put("n", encode(unsigned(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8)));
      jwk.put("e", encode(rsa.getPublicExponent().toByteArray()));
    } else {
      byte[] der = pair.getPublic().getEncoded();
      jwk.put("kty", "OKP");
      jwk.put("crv", "Ed25519");
      jwk.put("x", encode(Arrays.copyOfRange(der, der.length - 32, der.length)));
    }
    return jwk;
  }

  private static byte[] unsigned(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int copied = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - copied, fixed, length - copied, copied);
    return fixed;
  }

  /** RFC 7638 §3: the members in alphabetical order, without white space. */
  public String thumbprint() {
    return encode(sha256(json(jwk())));
  }

  /** A proof for a request with this token, which the test may change before it is signed. */
  public Proof proof(String method, String uri, String token, long issuedAt) {
    return new Proof(this)
        .header("typ", "dpop+jwt")
        .header("alg", algorithm)
        .header("jwk", jwk())
        .claim("jti", encode(sha256(Long.toString(System.nanoTime()) + Math.random())))
        .claim("htm", method)
        .claim("htu", uri)
        .claim("iat", issuedAt)
        .claim("ath", encode(sha256(token)));
  }

  /** Signs these texts, whatever they are. */
  public String sign(String header, String payload) {
    String signed = encode(bytes(header)) + "." + encode(bytes(payload));
    return signed + "." + encode(signature(bytes(signed)));
  }

  private byte[] signature(byte[] signed) {
    try {
      int bits = algorithm.matches(".*[0-9]{3}") ? Integer.parseInt(algorithm.substring(2)) : 0;
      Signature signature =
          switch (algorithm.substring(0, 2)) {
            case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
            case "PS" -> pss(bits);
            default -> Signature.getInstance("Ed25519");
          };
      signature.initSign(pair.getPrivate());
      signature.update(signed);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Signature pss(int bits) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    String hash = "SHA-" + bits;
    signature.setParameter(
        new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), bits / 8, 1));
    return signature;
  }

  public static String encode(byte[] bytes) {
    return BASE64.encodeToString(bytes);
  }

  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String json(Map<String, Object> members) {
    try {
      return JSON.writeValueAsString(members);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** A proof that is not yet signed. */
  public static final class Proof {

    private final DpopKey key;
    private final Map<String, Object> header = new LinkedHashMap<>();
    private final Map<String, Object> claims = new LinkedHashMap<>();

    private Proof(DpopKey key) {
      this.key = key;
    }

    /** Sets a header parameter, or removes it if the value is null. */
    public Proof header(String name, Object value) {
      return set(header, name, value);
    }

    /** Sets a claim, or removes it if the value is null. */
    public Proof claim(String name, Object value) {
      return set(claims, name, value);
    }

    /** Sets a member of the key in the header, or removes it if the value is null. */
    public Proof jwk(String name, Object value) {
      Map<String, Object> jwk = new TreeMap<>(key.jwk());
      set(jwk, name, value);
      return header("jwk", jwk);
    }

    private Proof set(Map<String, Object> members, String name, Object value) {
      if (value == null) {
        members.remove(name);
      } else {
        members.put(name, value);
      }
      return this;
    }

    public String headerJson() {
      return json(header);
    }

    public String claimsJson() {
      return json(claims);
    }

    public String sign() {
      return key.sign(headerJson(), claimsJson());
    }

    /** Signed with another key than the one in its header. */
    public String signedBy(DpopKey other) {
      return other.sign(headerJson(), claimsJson());
    }

    /** With this signature instead of a valid one. */
    public String withSignature(byte[] signature) {
      return encode(bytes(headerJson()))
          + "."
          + encode(bytes(claimsJson()))
          + "."
          + encode(signature);
    }
  }
}
