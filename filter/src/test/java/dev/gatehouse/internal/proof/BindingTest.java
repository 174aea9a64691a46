package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatehouse.internal.proof.ProofSettings.Certificates;
import dev.gatehouse.internal.proof.ProofSettings.Dpop;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.TokenClaims;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which binding a token must have and may have (RFC 7800 §3.1, RFC 9449 §7, RFC 8705 §3). */
class BindingTest {

  private static final String KEY = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

  private final Fixture fixture = new Fixture();

  private PossessionCheck check(ProofMode dpop, ProofMode mtls) {
    return fixture.check(
        new Dpop(dpop, Fixture.MCP, List.of(ProofAlgorithm.ES256), Duration.ofSeconds(60), false),
        new Certificates(mtls, null, AddressRanges.NONE));
  }

  /** The columns: modes of DPoP and certificates, scheme, members of the token, reason. */
  @ParameterizedTest(name = "dpop={0} mtls={1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          OFF      | OFF      | BEARER | {}                                       | -
          ACCEPTED | ACCEPTED | BEARER | {"token_type":"Bearer"}                  | -
          ACCEPTED | OFF      | DPOP   | {}                                       | unbound_token
          REQUIRED | OFF      | DPOP   | {}                                       | unbound_token
          REQUIRED | OFF      | BEARER | {}                                       | unbound_token
          OFF      | REQUIRED | BEARER | {}                                       | unbound_token
          OFF      | OFF      | BEARER | {"cnf":{"jkt":"KEY"}}                    | bound_token
          ACCEPTED | OFF      | BEARER | {"cnf":{"jkt":"KEY"}}                    | bound_token
          ACCEPTED | ACCEPTED | BEARER | {"cnf":{"jkt":"KEY"}}                    | bound_token
          OFF      | OFF      | DPOP   | {"cnf":{"jkt":"KEY"}}                    | bound_token
          ACCEPTED | OFF      | DPOP   | {"cnf":{"jkt":"KEY"}}                    | -
          REQUIRED | OFF      | DPOP   | {"cnf":{"jkt":"KEY"},"token_type":"DPoP"} | -
          ACCEPTED | OFF      | DPOP   | {"cnf":{"jkt":"KEY"},"typ":"DPoP"}       | -
          ACCEPTED | OFF      | DPOP   | {"cnf":{"jkt":"KEY"},"token_type":"Bearer"} | -
          ACCEPTED | REQUIRED | DPOP   | {"cnf":{"jkt":"KEY"}}                    | unbound_token
          OFF      | OFF      | BEARER | {"cnf":{"x5t#S256":"KEY"}}               | bound_token
          ACCEPTED | OFF      | BEARER | {"cnf":{"x5t#S256":"KEY"}}               | bound_token
          OFF      | ACCEPTED | BEARER | {"cnf":{"x5t#S256":"KEY"}}               | -
          OFF      | REQUIRED | BEARER | {"cnf":{"x5t#S256":"KEY"}}               | -
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"x5t#S256":"KEY"}}               | unbound_token
          REQUIRED | ACCEPTED | BEARER | {"cnf":{"x5t#S256":"KEY"}}               | unbound_token
          ACCEPTED | ACCEPTED | BEARER | {"cnf":{"x5t#S256":"KEY"},"typ":"DPoP"}  | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":"KEY","x5t#S256":"KEY"}}   | -
          ACCEPTED | OFF      | DPOP   | {"cnf":{"jkt":"KEY","x5t#S256":"KEY"}}   | bound_token
          ACCEPTED | ACCEPTED | BEARER | {"cnf":{"jkt":"KEY","x5t#S256":"KEY"}}   | bound_token
          ACCEPTED | ACCEPTED | BEARER | {"token_type":"DPoP"}                    | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"token_type":"dpop"}                    | bound_token
          ACCEPTED | ACCEPTED | BEARER | {"typ":"dpop"}                           | bound_token
          ACCEPTED | ACCEPTED | BEARER | {"cnf":{}}                               | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{}}                               | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":"KEY"}                            | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":["KEY"]}                          | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":null}}                     | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":1}}                        | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":"abc"}}                    | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":"KEY="}}                   | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jwk":{"kty":"EC"}}}             | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"kid":"KEY"}}                    | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":"KEY","kid":"KEY"}}        | bound_token
          ACCEPTED | ACCEPTED | DPOP   | {"cnf":{"jkt":"KEY","x5t#S256":""}}      | bound_token
          """)
  void theBindingOfATokenIsChecked(
      ProofMode dpop, ProofMode mtls, Scheme scheme, String members, String reason)
      throws Exception {
    TokenClaims claims =
        Fixture.claims(
            new JsonMapper()
                .readValue(
                    members.replace("KEY", KEY), new TypeReference<Map<String, Object>>() {}));

    String outcome =
        Fixture.text(
            check(dpop, mtls).checkBinding(new BearerToken(Fixture.TOKEN, scheme), claims));

    assertThat(outcome).startsWith(reason.equals("-") ? "admitted" : reason + ": ");
    assertThat(claims.scheme() == Scheme.DPOP)
        .isEqualTo(
            members.contains("\"jkt\":\"KEY\"")
                && !members.contains("\"kid\"")
                && !members.contains("\"\""));
  }

  @ParameterizedTest
  @CsvSource({
    "OFF,      OFF,      BEARER, admitted",
    "ACCEPTED, ACCEPTED, BEARER, admitted",
    "REQUIRED, OFF,      BEARER, dpop_required",
    "ACCEPTED, OFF,      DPOP,   dpop_proof",
    "OFF,      REQUIRED, BEARER, certificate",
  })
  void whatCanNotBeAdmittedIsRefusedBeforeTheTokenIsVerified(
      ProofMode dpop, ProofMode mtls, Scheme scheme, String outcome) {
    assertThat(
            Fixture.text(
                check(dpop, mtls)
                    .checkRequest(new BearerToken(Fixture.TOKEN, scheme), Fixture.request("POST"))))
        .startsWith(outcome);
  }
}
