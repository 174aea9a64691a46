package dev.gatehouse;

import java.io.IOException;

/** The server would rather speak HTTP/2, and has said so before any request was sent. */
final class Http2OfferedException extends IOException {

  private static final long serialVersionUID = 1L;

  Http2OfferedException() {
    super("the server speaks HTTP/2");
  }
}
