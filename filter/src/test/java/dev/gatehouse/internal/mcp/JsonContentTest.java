package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.StubRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonContentTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json ;\tCHARSET=\"Utf-8\"",
        "application/json;v=1;charset=utf-8;x=\"a;charset=utf-16\"",
        "application/json;",
        "application/json ",
        "application/json;x=\"charset=utf-16\""
      })
  void jsonInUtf8(String type) {
    assertThat(JsonContent.isAnnounced(StubRequest.post("Content-Type", type))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "application/jsonp",
        "application/json+x",
        "application/problem+json",
        "application/json, text/plain",
        "application/json;charset=utf-16",
        "application/json;charset=iso-8859-1",
        "application/json;charset=",
        "application/json;charset=\"utf\\-8\"",
        "application/json;charset=utf-8;charset=utf-16",
        "application/json;charset=utf-8;charset=utf-8",
        "application/json;charset=utf-8 x",
        "application/json;charset=\"utf-8",
        "application/json;x=\"a\\\";charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data;boundary=x"
      })
  void anythingElse(String type) {
    assertThat(JsonContent.isAnnounced(StubRequest.post("Content-Type", type))).isFalse();
  }

  @Test
  void oneContentTypeAndNoContentCoding() {
    String json = "application/json";
    assertThat(JsonContent.isAnnounced(StubRequest.post())).isFalse();
    assertThat(
            JsonContent.isAnnounced(StubRequest.post("Content-Type", json, "Content-Type", json)))
        .isFalse();
    assertThat(
            JsonContent.isAnnounced(
                StubRequest.post("Content-Type", json, "Content-Encoding", "Identity")))
        .isTrue();
    for (String coding : new String[] {"gzip", "", "identity, gzip", "br"}) {
      assertThat(
              JsonContent.isAnnounced(
                  StubRequest.post("Content-Type", json, "Content-Encoding", coding)))
          .isFalse();
    }
  }
}
