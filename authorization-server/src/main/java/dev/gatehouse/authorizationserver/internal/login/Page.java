package dev.gatehouse.authorizationserver.internal.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * An HTML page and its security headers: no scripts, one style sheet by its hash, no framing, no
 * caching, and forms that lead only to this server and the client.
 */
record Page(int status, String title, String body, String formAction) {
  private static final String STYLE = readStyle();
  private static final String STYLE_HASH = Base64.getEncoder().encodeToString(sha256(STYLE));

  Page(int status, String title, String body) {
    this(status, title, body, "");
  }

  /** Adds the client to form-action, which browsers also apply to the redirect after a form. */
  Page leadingTo(URI redirect) {
    return new Page(status, title, body, " " + source(redirect));
  }

  /**
   * The source expression (CSP 3 §2.3.1): the origin, or the scheme if the grammar excludes the
   * host.
   */
  static String source(URI redirect) {
    String host = redirect.getHost();
    if (host == null || !host.matches("[A-Za-z0-9.-]+")) {
      return redirect.getScheme() + ":";
    }
    return redirect.getScheme()
        + "://"
        + host
        + (redirect.getPort() < 0 ? "" : ":" + redirect.getPort());
  }

  HTTPResponse toResponse() {
    HTTPResponse response = new HTTPResponse(status);
    try {
      response.setContentType("text/html; charset=UTF-8");
    } catch (ParseException e) {
      throw new IllegalStateException("text/html is a media type", e);
    }
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'sha256-"
            + STYLE_HASH
            + "'; form-action 'self'"
            + formAction
            + "; frame-ancestors 'none'; base-uri 'none'");
    response.setHeader("X-Frame-Options", "DENY");
    // With no-referrer, browsers send "Origin: null", like forms of other sites.
    response.setHeader("Referrer-Policy", "same-origin");
    response.setCacheControl("no-store");
    response.setBody(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>%s</style>
        </head>
        <body>
        <main>
        <h1>%s</h1>
        %s
        </main>
        </body>
        </html>
        """
            .formatted(Html.text(title), STYLE, Html.text(title), body));
    return response;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String readStyle() {
    try (InputStream in = Page.class.getResourceAsStream("pages.css")) {
      if (in == null) {
        throw new IllegalStateException("pages.css is not in the jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
