package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;

/** Filters in front of a servlet that reads or parses calls, and checks of what they do. */
final class RulesSetup {

  private static final String TOKEN = Tokens.of(Tokens.ACTIVE, 1, 1);

  final StubRequest small = StubRequest.call(TOKEN, McpMessages.small());
  final StubRequest longText = StubRequest.call(TOKEN, McpMessages.longText());
  final StubRequest manyValues = StubRequest.call(TOKEN, McpMessages.manyValues());

  final OneRequest reading;
  final OneRequest parsing;

  private final ReadingChain readingChain = new ReadingChain();
  private final ParsingChain parsingChain = new ParsingChain();

  private RulesSetup(Filter filter) {
    reading = new OneRequest(filter, readingChain);
    parsing = new OneRequest(filter, parsingChain);
  }

  static RulesSetup withoutFilter() throws IOException, ServletException {
    return new RulesSetup((request, response, chain) -> chain.doFilter(request, response))
        .checked();
  }

  static RulesSetup withoutRules() throws IOException, ServletException {
    return new RulesSetup(GatehouseSetup.alone(Integer.getInteger(JmhPart.STUB_PORT))).checked();
  }

  static RulesSetup with(List<String> rules) throws IOException, ServletException {
    RulesSetup setup =
        new RulesSetup(GatehouseSetup.alone(Integer.getInteger(JmhPart.STUB_PORT), rules));
    setup.reading.expect(403, StubRequest.call(TOKEN, McpMessages.forbidden()));
    return setup.checked();
  }

  /** Checks that the servlet gets each message whole. */
  private RulesSetup checked() throws IOException, ServletException {
    reading.expect(200, small);
    if (readingChain.length() != McpMessages.small().length) {
      throw new IllegalStateException("the servlet read " + readingChain.length() + " bytes");
    }
    for (StubRequest request : List.of(longText, manyValues)) {
      parsing.expect(200, request);
      if (!McpMessages.TOOL.equals(parsingChain.tool())) {
        throw new IllegalStateException("the servlet was to call " + parsingChain.tool());
      }
    }
    return this;
  }
}
