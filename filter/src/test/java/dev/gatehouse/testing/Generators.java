package dev.gatehouse.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Generates nearly valid inputs; the same seed gives the same input. */
public final class Generators {

  /** The time, in seconds since 1970, at which the tests verify generated responses. */
  public static final long NOW = ManualClock.NOW.getEpochSecond();

  private static final List<String> HEADER_PARTS =
      List.of(
          "Bearer",
          "bearer",
          "BEARER",
          "Bearer ",
          "Basic",
          " ",
          " ",
          "  ",
          "\t",
          "abc",
          "A-._~+/9",
          "=",
          "==",
          ",",
          ", ",
          "\"",
          "ä",
          "\u0000",
          "\n",
          "%",
          "a".repeat(9000));

  private static final List<String> TEXTS =
      List.of(
          "\"\"",
          "\"a\"",
          "\"alice\"",
          "\"a b\"",
          "\"mcp:use\"",
          "\"mcp:use mcp:use2\"",
          "\"Bearer\"",
          "\"bearer\"",
          "\"Refresh\"",
          "\"N_A\"",
          "\"DPoP\"",
          "\"{mcp}\"",
          "\"{mcp}/\"",
          "\"{mcp}x\"",
          "\"https://other.example\"",
          "\"{issuer}\"",
          "\"{issuer}/\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\n\"",
          "\"true\"",
          "\"Offline\"",
          "\"access_token\"",
          "\"access\"",
          "\"id\"",
          "\"\\\"\"",
          "\"ä\"");

  private static final List<String> OTHERS =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1",
          "1e400",
          "-0.0",
          "9223372036854775808",
          "253402300799",
          "253402300800",
          Long.toString(NOW),
          Long.toString(NOW + 1),
          Long.toString(NOW + 30),
          Long.toString(NOW + 31),
          Long.toString(NOW - 1),
          NOW + ".5",
          NOW + "000",
          "{}",
          "[]",
          "{\"jkt\":\"a\"}",
          "[\"{mcp}\"]",
          "[\"{mcp}\",\"b\"]",
          "[\"{mcp}\",1]",
          "[[\"{mcp}\"]]",
          "[\"mcp:use\"]",
          "[null]",
          "{\"a\":1,\"a\":1}",
          "[".repeat(40) + "]".repeat(40));

  private static final List<String> NAMES =
      List.of(
          "active",
          "exp",
          "nbf",
          "iat",
          "aud",
          "iss",
          "sub",
          "client_id",
          "scope",
          "token_type",
          "typ",
          "token_use",
          "cnf",
          "Active",
          "username",
          "jwt",
          "");

  private Generators() {}

  /** A value of the {@code Authorization} header, valid or not. */
  public static String header(Random random) {
    StringBuilder header = new StringBuilder();
    for (int i = random.nextInt(7); i >= 0; i--) {
      header.append(pick(HEADER_PARTS, random));
    }
    return header.toString();
  }

  /** The same without line feeds and NUL, so that it can be sent as one header field. */
  public static String sendableHeader(Random random) {
    return header(random).replace("\n", "").replace("\u0000", "");
  }

  /** The body of an introspection response: a valid one with zero to three changes. */
  public static String introspectionResponse(Random random, String mcp, String issuer) {
    List<String> members =
        new ArrayList<>(
            List.of(
                "\"active\":true",
                "\"aud\":\"{mcp}\"",
                "\"token_type\":\"Bearer\"",
                "\"exp\":" + (NOW + 60),
                "\"iss\":\"{issuer}\"",
                "\"scope\":\"mcp:use a\"",
                "\"sub\":\"alice\""));
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      change(members, random);
    }
    Collections.shuffle(members, random);
    String body = "{" + String.join(",", members) + "}";
    return corrupted(body, random).replace("{mcp}", mcp).replace("{issuer}", issuer);
  }

  private static void change(List<String> members, Random random) {
    if (random.nextBoolean() && !members.isEmpty()) {
      String name = members.remove(random.nextInt(members.size())).split(":", 2)[0];
      if (random.nextBoolean()) {
        members.add(name + ":" + value(random));
      }
    } else {
      members.add('"' + pick(NAMES, random) + "\":" + value(random));
    }
  }

  private static String value(Random random) {
    return pick(random.nextBoolean() ? TEXTS : OTHERS, random);
  }

  /** In one of eight cases, removes, doubles or replaces one character. */
  private static String corrupted(String body, Random random) {
    if (random.nextInt(8) != 0) {
      return body;
    }
    int at = random.nextInt(body.length());
    return switch (random.nextInt(3)) {
      case 0 -> body.substring(0, at) + body.substring(at + 1);
      case 1 -> body.substring(0, at) + body.substring(at, at + 1) + body.substring(at);
      default -> body.substring(0, at) + (char) random.nextInt(256) + body.substring(at + 1);
    };
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
