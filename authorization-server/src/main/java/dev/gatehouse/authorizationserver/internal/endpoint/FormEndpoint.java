package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;

/** An endpoint that accepts forms by POST only: a token in a URL would be logged everywhere. */
public abstract class FormEndpoint extends Endpoint {
  private final FormReader reader;

  public FormEndpoint(URI url) {
    this.reader = new FormReader(url);
  }

  /** Returns the response to a well-formed form. */
  protected abstract HTTPResponse handle(HTTPRequest form);

  /**
   * Whether scripts of other origins may send requests (CORS): clients run in browsers, resource
   * servers do not.
   */
  protected boolean isForBrowserClients() {
    return false;
  }

  @Override
  protected final boolean readsBodies() {
    return true;
  }

  @Override
  protected final HTTPResponse handle(HttpServletRequest request) throws IOException {
    if (isForBrowserClients()) {
      return Responses.allowAnyOrigin(
          request.getMethod().equals("OPTIONS") ? Responses.preflight("POST") : read(request));
    }
    return read(request);
  }

  /** Scripts must be able to read that this server failed, too. */
  @Override
  protected final HTTPResponse failure(int status) {
    HTTPResponse response = super.failure(status);
    return isForBrowserClients() ? Responses.allowAnyOrigin(response) : response;
  }

  private HTTPResponse read(HttpServletRequest request) throws IOException {
    if (!request.getMethod().equals("POST")) {
      return Responses.methodNotAllowed(isForBrowserClients() ? "POST, OPTIONS" : "POST");
    }
    FormReader.Outcome outcome = reader.read(request);
    if (outcome instanceof FormReader.Form form) {
      return handle(form.request());
    }
    if (outcome instanceof FormReader.Unreadable unreadable) {
      return Responses.error(unreadable.error());
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }
}
