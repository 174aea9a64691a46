package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bounded form into a Nimbus request, without parameters that have no value. The URL is the
 * configured one, because the {@code Host} of a request cannot be trusted.
 *
 * <pre>
 * POST /oauth/token HTTP/1.1
 * Content-Type: application/x-www-form-urlencoded
 *
 * grant_type=client_credentials&amp;resource=https%3A%2F%2Fhost%2Fmcp
 * </pre>
 */
public final class FormReader {
  private static final int SC_CONTENT_TOO_LARGE = 413;
  private static final int SC_UNSUPPORTED_MEDIA_TYPE = 415;

  /** Servlet 6.0 §3.10: what the container has verified. */
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

  private final URI url;

  public FormReader(URI url) {
    this.url = url;
  }

  public sealed interface Outcome permits Form, Unreadable {}

  public record Form(HTTPRequest request) implements Outcome {
    @Override
    public String toString() {
      return "Form[…]";
    }
  }

  public record Unreadable(ErrorObject error) implements Outcome {}

  public Outcome read(HttpServletRequest request) throws IOException {
    HTTPRequest form = new HTTPRequest(HTTPRequest.Method.POST, url);
    if (!isForm(request.getHeader("Content-Type"))) {
      return unreadable("Send application/x-www-form-urlencoded", SC_UNSUPPORTED_MEDIA_TYPE);
    }
    form.setEntityContentType(ContentType.APPLICATION_URLENCODED);
    List<String> credentials = Collections.list(request.getHeaders("Authorization"));
    if (credentials.size() > 1) {
      return unreadable("More than one Authorization header", 400);
    }
    if (!credentials.isEmpty()) {
      form.setAuthorization(credentials.get(0));
    }
    List<String> proofs = Collections.list(request.getHeaders("DPoP"));
    if (!proofs.isEmpty()) {
      form.setHeader("DPoP", proofs.toArray(new String[0]));
    }
    if (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0) {
      form.setClientX509Certificate(chain[0]);
    }
    form.setClientIPAddress(CallerAddress.current());
    String accept = request.getHeader("Accept");
    if (accept != null) {
      form.setAccept(accept);
    }
    Optional<String> body = BoundedBody.read(request);
    if (body.isEmpty()) {
      return unreadable("The body is too large", SC_CONTENT_TOO_LARGE);
    }
    // Spaces around the body are no part of it, as for Nimbus.
    EncodedParameters.Outcome parameters = EncodedParameters.read(body.get().trim());
    if (parameters instanceof EncodedParameters.Undecodable) {
      return unreadable("A percent sign is not followed by two hexadecimal digits", 400);
    }
    if (!(parameters instanceof EncodedParameters.Values values)) {
      return unreadable("A parameter is repeated", 400);
    }
    form.setBody(values.encoded());
    return new Form(form);
  }

  /** Returns the form's fields. */
  public static Map<String, List<String>> parameters(HTTPRequest form) {
    try {
      return form.getBodyAsFormParameters();
    } catch (ParseException e) {
      throw new IllegalStateException("only forms are read", e);
    }
  }

  private static boolean isForm(@Nullable String contentType) {
    try {
      return contentType != null
          && UntrustedInput.parse("content type", () -> contentType(contentType))
              .matches(ContentType.APPLICATION_URLENCODED);
    } catch (ParseException e) {
      return false;
    }
  }

  private static ContentType contentType(String text) throws ParseException {
    try {
      return ContentType.parse(text);
    } catch (java.text.ParseException e) {
      throw new ParseException("no media type");
    }
  }

  private static Unreadable unreadable(String description, int status) {
    return new Unreadable(new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, description, status));
  }
}
