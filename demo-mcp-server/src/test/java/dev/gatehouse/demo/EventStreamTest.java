package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventStreamTest {

  // Clients that hold a lock until the headers arrive would otherwise block until the first event.
  @Test
  void theHeadersOfAnEventStreamArriveBeforeAnyEvent() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      McpSession session = McpSession.open(demo.port(), demo.token("notes:read"));
      try (var stream = new RawHttp(demo.port())) {
        stream.send("GET /mcp", session.sessionHeaders(), "");

        RawHttp.Response head = stream.head();

        assertThat(head.statusLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head.header("Content-Type").orElseThrow()).contains("text/event-stream");
      }
    }
  }

  @Test
  void stoppingTheServerEndsAnOpenEventStream() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      McpSession session = McpSession.open(demo.port(), demo.token("notes:read"));
      try (var stream = new RawHttp(demo.port())) {
        stream.send("GET /mcp", session.sessionHeaders(), "");
        stream.head();

        demo.stop();

        assertThat(stream.rest()).doesNotContain("data:");
      }
    }
  }
}
