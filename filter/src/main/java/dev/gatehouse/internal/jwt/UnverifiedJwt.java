package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.claims.ClaimsReader;
import dev.gatehouse.internal.syntax.CompactJws;
import dev.gatehouse.internal.token.Reason;

/**
 * A parsed JWT whose claims say nothing yet, because its signature has not been checked.
 *
 * @param payload a JSON object, to which {@code claims} gives access
 */
record UnverifiedJwt(JwsHeader header, JsonNode payload, ClaimsReader claims, CompactJws jws) {

  /**
   * Parses a JWT.
   *
   * @param text in ASCII
   */
  static UnverifiedJwt parse(byte[] text) throws RefusedJwtException {
    try {
      CompactJws jws = CompactJws.parse(text);
      JwsHeader header = JwsHeader.read(jws.header());
      JsonNode payload = jws.parsePayload();
      return new UnverifiedJwt(header, payload, new ClaimsReader(payload), jws);
    } catch (CompactJws.MalformedException e) {
      throw new RefusedJwtException(Reason.JWT, e.problem());
    }
  }
}
