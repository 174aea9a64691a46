package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.jwt.JwtSettings;
import dev.gatehouse.internal.jwt.SignatureAlgorithm;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads and validates how the JWTs of one authorization server are verified. */
final class JwtReader {

  /** Types of other JWTs, which must never be taken for access tokens (RFC 8725 §3.11). */
  private static final Set<String> OTHER_TYPES =
      Set.of(
          "id+jwt",
          "dpop+jwt",
          "logout+jwt",
          "secevent+jwt",
          "token-introspection+jwt",
          "client-authentication+jwt",
          "oauth-authz-req+jwt");

  private static final String MEDIA_TYPE = "application/";

  private final RawSettings ofServer;

  JwtReader(RawSettings ofServer) {
    this.ofServer = ofServer;
  }

  JwtSettings read() {
    return new JwtSettings(
        ofServer.uri(Setting.JWKS_URI),
        algorithms(),
        ofServer.words(Setting.JWT_TYPES).stream()
            .map(this::type)
            .collect(Collectors.toUnmodifiableSet()),
        scopeClaims());
  }

  private Set<SignatureAlgorithm> algorithms() {
    Set<SignatureAlgorithm> algorithms = EnumSet.noneOf(SignatureAlgorithm.class);
    for (String name : ofServer.words(Setting.JWT_ALGORITHMS)) {
      SignatureAlgorithm algorithm = SignatureAlgorithm.named(name);
      if (algorithm == null) {
        ofServer.error(
            Setting.JWT_ALGORITHMS,
            "'%s' is not supported; write some of %s"
                .formatted(
                    name,
                    Arrays.stream(SignatureAlgorithm.values())
                        .map(SignatureAlgorithm::joseName)
                        .collect(Collectors.joining(" "))));
      } else {
        algorithms.add(algorithm);
      }
    }
    return algorithms;
  }

  private String type(String word) {
    String type = word.toLowerCase(Locale.ROOT);
    if (type.startsWith(MEDIA_TYPE)) {
      type = type.substring(MEDIA_TYPE.length());
    }
    if (OTHER_TYPES.contains(type)) {
      ofServer.error(
          Setting.JWT_TYPES, "'" + word + "' is not a type of access tokens; write at+jwt");
    }
    return type;
  }

  private List<String> scopeClaims() {
    List<String> claims = ofServer.words(Setting.SCOPE_CLAIMS);
    claims.stream()
        .filter(claim -> claim.startsWith(".") || claim.endsWith(".") || claim.contains(".."))
        .forEach(
            claim ->
                ofServer.error(
                    Setting.SCOPE_CLAIMS,
                    "'" + claim + "' is not a path; write one such as realm_access.roles"));
    return claims;
  }
}
