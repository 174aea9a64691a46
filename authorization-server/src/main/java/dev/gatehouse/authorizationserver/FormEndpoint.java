package dev.gatehouse.authorizationserver;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;

/** An endpoint that takes forms by POST alone: a token in a URL would end up in every log. */
abstract class FormEndpoint extends Endpoint {
  private final FormReader reader;

  FormEndpoint(URI url) {
    this.reader = new FormReader(url);
  }

  /** Gives the answer to a form that is well-formed as a form. */
  abstract HTTPResponse answer(HTTPRequest form);

  /**
   * Whether scripts of other origins may post here: clients in a browser do, resource servers
   * don't.
   */
  boolean isForBrowserClients() {
    return false;
  }

  @Override
  final HTTPResponse answer(HttpServletRequest request) throws IOException {
    if (isForBrowserClients()) {
      return Answers.readableAnywhere(
          request.getMethod().equals("OPTIONS") ? Answers.preflight("POST") : read(request));
    }
    return read(request);
  }

  private HTTPResponse read(HttpServletRequest request) throws IOException {
    if (!request.getMethod().equals("POST")) {
      return Answers.methodNotAllowed("POST");
    }
    FormReader.Outcome outcome = reader.read(request);
    if (outcome instanceof FormReader.Form form) {
      return answer(form.request());
    }
    if (outcome instanceof FormReader.Unreadable unreadable) {
      return Answers.error(unreadable.error());
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }
}
