package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.servlet.FinishableResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * A response that keeps back the length that the servlet sets, until it is known whether the body
 * remains as it is.
 */
abstract class LengthKeepingResponse extends FinishableResponse {

  private static final String CONTENT_LENGTH = "Content-Length";

  /** As the servlet has set it; -1 if it has not. */
  private long contentLength = -1;

  LengthKeepingResponse(HttpServletResponse response) {
    super(response);
  }

  void forgetContentLength() {
    contentLength = -1;
  }

  /** Sends the length that the servlet has set, because the body remains as it is. */
  void sendContentLength() {
    if (contentLength >= 0) {
      super.setContentLengthLong(contentLength);
    }
  }

  @Override
  public void setContentLength(int length) {
    contentLength = length;
  }

  @Override
  public void setContentLengthLong(long length) {
    contentLength = length;
  }

  @Override
  public void setHeader(String name, String value) {
    if (!isContentLength(name, value)) {
      super.setHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    if (!isContentLength(name, value)) {
      super.addHeader(name, value);
    }
  }

  @Override
  public void setIntHeader(String name, int value) {
    if (!isContentLength(name, String.valueOf(value))) {
      super.setIntHeader(name, value);
    }
  }

  @Override
  public void addIntHeader(String name, int value) {
    if (!isContentLength(name, String.valueOf(value))) {
      super.addIntHeader(name, value);
    }
  }

  private boolean isContentLength(String name, @Nullable String value) {
    if (!CONTENT_LENGTH.equalsIgnoreCase(name)) {
      return false;
    }
    try {
      contentLength = value == null ? -1 : Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      contentLength = -1;
    }
    return true;
  }

  @Override
  public boolean containsHeader(String name) {
    return (CONTENT_LENGTH.equalsIgnoreCase(name) && contentLength >= 0)
        || super.containsHeader(name);
  }

  @Override
  public @Nullable String getHeader(String name) {
    return CONTENT_LENGTH.equalsIgnoreCase(name) && contentLength >= 0
        ? Long.toString(contentLength)
        : super.getHeader(name);
  }
}
