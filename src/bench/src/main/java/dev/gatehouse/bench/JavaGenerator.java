package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Arrays;

/** A load generator for machines without wrk, with one thread and one selector. */
final class JavaGenerator implements LoadGenerator {

  private static final int MAX_SAMPLES = 4_000_000;

  private final int[] micros = new int[MAX_SAMPLES];
  private int responses;
  private int errors;
  private long sent;

  @Override
  public String name() {
    return "a generator in Java (wrk is not on the path)";
  }

  @Override
  public Load run(int port, Requests requests, Duration time) throws IOException {
    responses = 0;
    errors = 0;
    sent = 0;
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        ClientConnection.open(port, selector).send(next(requests));
      }
      long start = System.nanoTime();
      long end = start + time.toNanos();
      while (System.nanoTime() < end && !selector.keys().isEmpty()) {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          receive(key, requests);
        }
        selector.selectedKeys().clear();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      return load(seconds);
    }
  }

  private void receive(SelectionKey key, Requests requests) throws IOException {
    ClientConnection connection = (ClientConnection) key.attachment();
    try {
      int status = connection.receive();
      if (status == 0) {
        return;
      }
      if (status != 200) {
        errors++;
      }
      micros[responses++ % MAX_SAMPLES] =
          (int) ((System.nanoTime() - connection.sentNanos()) / 1000);
      connection.send(next(requests));
    } catch (IOException e) {
      errors++;
      connection.close();
    }
  }

  private byte[] next(Requests requests) {
    return requests.text(sent++).getBytes(US_ASCII);
  }

  private Load load(double seconds) {
    int samples = Math.min(responses, MAX_SAMPLES);
    Arrays.sort(micros, 0, samples);
    return new Load(
        responses, seconds, micros[samples / 2], micros[(int) (samples * 0.99)], errors);
  }
}
