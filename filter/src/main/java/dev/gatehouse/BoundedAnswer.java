package dev.gatehouse;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Collects an answer as it comes, and breaks off as soon as it is too large. */
final class BoundedAnswer extends AbstractBinResponseConsumer<BoundedAnswer> {

  private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);
  private volatile @Nullable HttpResponse head;

  /** Whether its head is there. */
  boolean hasBegun() {
    return head != null;
  }

  HTTPResponse translate() throws IOException {
    HttpResponse complete = head;
    if (complete == null) {
      throw new IllegalStateException("no head");
    }
    return AnswerTranslator.translate(complete, body.toByteArray());
  }

  @Override
  protected void start(HttpResponse response, @Nullable ContentType type) {
    head = response;
  }

  @Override
  protected int capacityIncrement() {
    return Integer.MAX_VALUE;
  }

  @Override
  protected void data(ByteBuffer source, boolean endOfStream) throws IOException {
    if (body.size() + source.remaining() > AnswerTranslator.MAX_BODY_BYTES) {
      throw new OversizedAnswerException(AnswerTranslator.MAX_BODY_BYTES);
    }
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    body.writeBytes(bytes);
  }

  @Override
  protected BoundedAnswer buildResult() {
    return this;
  }

  /** Nothing is held but memory. */
  @Override
  public void releaseResources() {}
}
