package dev.gatehouse.bench;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;

/** A minimal filter: messages and sender of the Nimbus SDK, without cache and limits. */
final class NaiveFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private final transient URI endpoint;
  private final transient ClientAuthentication credentials =
      new ClientSecretBasic(new ClientID("mcp-server"), new Secret("mcp-server-secret"));

  NaiveFilter(int stubPort) {
    this.endpoint = URI.create("http://127.0.0.1:" + stubPort + "/introspect");
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (isActive(request.getHeader("Authorization"))) {
      chain.doFilter(request, response);
    } else {
      response.setHeader("WWW-Authenticate", "Bearer");
      response.setStatus(401);
    }
  }

  private boolean isActive(String header) throws IOException, ServletException {
    try {
      BearerAccessToken token = BearerAccessToken.parse(header);
      TokenIntrospectionResponse introspection =
          TokenIntrospectionResponse.parse(
              new TokenIntrospectionRequest(endpoint, credentials, token).toHTTPRequest().send());
      return introspection.indicatesSuccess() && introspection.toSuccessResponse().isActive();
    } catch (ParseException e) {
      throw new ServletException(e);
    }
  }
}
