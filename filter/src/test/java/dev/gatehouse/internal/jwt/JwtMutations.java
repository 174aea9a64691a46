package dev.gatehouse.internal.jwt;

import dev.gatehouse.testing.Generators;
import dev.gatehouse.testing.JwtSigner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Generates nearly valid JWTs; the same seed gives the same JWT if its signature does not vary. */
final class JwtMutations {

  private static final List<String> HEADER_MEMBERS =
      List.of(
          "\"typ\":\"at+jwt\"",
          "\"typ\":\"JWT\"",
          "\"typ\":\"application/at+jwt\"",
          "\"typ\":\"id+jwt\"",
          "\"typ\":\"logout+jwt\"",
          "\"typ\":null",
          "\"kid\":\"rsa\"",
          "\"kid\":\"ec256\"",
          "\"kid\":\"ed\"",
          "\"kid\":\"foreign\"",
          "\"kid\":\"../../dev/null\"",
          "\"kid\":null",
          "\"alg\":\"none\"",
          "\"alg\":\"HS256\"",
          "\"alg\":\"RS256\"",
          "\"alg\":\"ES256\"",
          "\"alg\":\"EdDSA\"",
          "\"crit\":[\"b64\"]",
          "\"b64\":false",
          "\"jku\":\"https://evil.example\"",
          "\"jwk\":{}",
          "\"x5t\":\"a\"",
          "\"cty\":\"JWT\"");

  private static final List<String> CLAIMS =
      List.of(
          "\"iss\":\"{issuer}\"",
          "\"iss\":\"{issuer}/\"",
          "\"iss\":\"https://evil.example\"",
          "\"iss\":null",
          "\"exp\":" + Generators.NOW,
          "\"exp\":" + (Generators.NOW + 1),
          "\"exp\":" + Generators.NOW + ".9",
          "\"exp\":\"" + (Generators.NOW + 60) + "\"",
          "\"exp\":null",
          "\"exp\":1e10",
          "\"exp\":-1",
          "\"iat\":" + (Generators.NOW + 30),
          "\"iat\":" + (Generators.NOW + 31),
          "\"iat\":\"now\"",
          "\"nonce\":\"a\"",
          "\"at_hash\":\"a\"",
          "\"events\":{}",
          "\"token_introspection\":{\"active\":true}",
          "\"scope\":\"\"",
          "\"scope\":\"a b\"",
          "\"scope\":[\"a\"]",
          "\"scope\":[1]",
          "\"scp\":\"a\"",
          "\"typ\":\"Bearer\"",
          "\"typ\":\"ID\"",
          "\"token_use\":\"access\"",
          "\"aud\":[\"a\",1]",
          "\"client_id\":null",
          "\"azp\":\"a\"",
          "\"sub\":\"\"",
          "\"sub\":\"\\ud800\"");

  private JwtMutations() {}

  /** A valid JWT with zero to three changes of each part, perhaps forged. */
  static String token(Random random, String issuer, List<JwtSigner> signers) {
    JwtSigner signer = signers.get(random.nextInt(signers.size()));
    JwtSigner named = random.nextInt(4) == 0 ? pick(signers, random) : signer;
    List<String> header =
        new ArrayList<>(
            List.of(
                "\"alg\":\"" + named.algorithm() + "\"",
                "\"kid\":\"" + named.keyId() + "\"",
                random.nextBoolean() ? "\"typ\":\"at+jwt\"" : "\"typ\":\"JWT\""));
    List<String> claims =
        new ArrayList<>(
            List.of(
                "\"iss\":\"{issuer}\"",
                "\"sub\":\"alice\"",
                "\"aud\":\"https://mcp.example/mcp\"",
                "\"client_id\":\"app\"",
                "\"scope\":\"mcp:use\"",
                "\"iat\":" + Generators.NOW,
                "\"exp\":" + (Generators.NOW + 60)));
    change(header, HEADER_MEMBERS, random);
    change(claims, CLAIMS, random);
    String token =
        signer.sign(
            "{" + String.join(",", header) + "}",
            ("{" + String.join(",", claims) + "}").replace("{issuer}", issuer));
    return random.nextInt(3) == 0 ? corrupted(token, random) : token;
  }

  private static void change(List<String> members, List<String> others, Random random) {
    for (int changes = Math.max(0, random.nextInt(6) - 2); changes > 0; changes--) {
      String other = pick(others, random);
      String name = other.substring(0, other.indexOf(':') + 1);
      switch (random.nextInt(8)) {
        case 0 -> members.add(other); // perhaps a duplicate
        case 1 -> members.remove(random.nextInt(members.size()));
        default -> {
          members.removeIf(member -> member.startsWith(name));
          members.add(other);
        }
      }
    }
    Collections.shuffle(members, random);
  }

  /** Removes, doubles or replaces one character, which is often the last one of a part. */
  static String corrupted(String token, Random random) {
    int at =
        switch (random.nextInt(5)) {
          case 0 -> token.length() - 1;
          case 1 -> token.indexOf('.') - 1;
          case 2 -> token.lastIndexOf('.') - 1;
          default -> random.nextInt(token.length());
        };
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    char other = alphabet.charAt(random.nextInt(alphabet.length()));
    return switch (random.nextInt(4)) {
      case 0 -> token.substring(0, at) + token.substring(at + 1);
      case 1 -> token.substring(0, at + 1) + other + token.substring(at + 1);
      case 2 -> token + other;
      default -> token.substring(0, at) + other + token.substring(at + 1);
    };
  }

  private static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
