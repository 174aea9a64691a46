package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.rules.RequiredAuthentication;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text form of rules, and which rule applies to a name. */
class McpRulesTest {

  private static final List<RuleKind> KINDS = List.of(RuleKind.values());

  private static List<Rule> parsed(String text) {
    RulesParser parser = new RulesParser(text);
    assertThat(parser.errors()).isEmpty();
    return parser.rules();
  }

  private static List<String> errors(String text) {
    List<String> errors = new ArrayList<>();
    McpRules.parse(text, errors::add);
    return errors;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '^',
      quoteCharacter = '$',
      textBlock =
          """
          tool delete_note: notes:write, max-age=5m ^ tool delete_note: notes:write, max-age=5m
          tool *:notes                              ^
          tool *: notes:read                        ^ tool *: notes:read
          tool   a :   b    c                       ^ tool a: b c
          tool a: b c | d                           ^ tool a: b c | d
          tool a: b|c                               ^ tool a: b | c
          tool a: b b                               ^ tool a: b
          tool a:                                   ^ tool a:
          tool a: max-age=PT1H                      ^ tool a: max-age=60m
          tool a: acr=gold silver                   ^ tool a: acr=gold silver
          tool a: acr="gold silver"                 ^ tool a: acr=gold silver
          tool a: acr = gold , max-age = 90s , b    ^ tool a: b, acr=gold, max-age=90s
          tool a: b  # comment                      ^ tool a: b
          tool a: b#c                               ^ tool a: "b#c"
          tool a: "b=c" "d,e" "f|g" "h;i"           ^ tool a: "b=c" "d,e" "f|g" "h;i"
          tool a: https://api.example/notes.read    ^ tool a: https://api.example/notes.read
          resource notes://*: notes:read            ^ resource notes://*: notes:read
          resource file:///a#b: c                   ^ resource "file:///a#b": c
          resource "file:///a;b c": d               ^ resource "file:///a;b c": d
          resource "a*"*: d                         ^ resource "a*"*: d
          prompt "a \\"b\\" \\\\c": d                ^ prompt "a \\"b\\" \\\\c": d
          prompt a\\b: d                             ^ prompt a\\b: d
          prompt a:: d                              ^ prompt "a:": d
          tool wärme: d                             ^ tool wärme: d
          method prompts/list: notes:read | admin   ^ method prompts/list: notes:read | admin
          method tasks/*: a                         ^ method tasks/*: a
          method "x/y": a                           ^ method "x/y": a
          method *: a                               ^ method *: a
          """)
  void aRuleIsReadAsWritten(String text, @Nullable String canonical) {
    if (canonical == null) {
      assertThat(errors(text)).hasSize(1);
    } else {
      assertThat(parsed(text)).singleElement().hasToString(canonical);
    }
  }

  @Test
  void rulesStandOnLinesOrBetweenSemicolons() {
    assertThat(
            parsed(
                """

                # what a client may do; tool x: y
                tool a: b   # both
                  # tool c: d
                tool e: f; prompt "g;h": i ;
                """))
        .extracting(Rule::toString)
        .containsExactly("tool a: b", "tool e: f", "prompt \"g;h\": i");
    assertThat(parsed("tool a: b;tool c:;tool d: e\r\nprompt f: g")).hasSize(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '^',
      quoteCharacter = '$',
      textBlock =
          """
          $$                          ^ holds no rule; write one such as tool delete_note: notes:write
          # nothing                   ^ holds no rule
          tool a                      ^ rule 1 [tool a] has no colon before white space or at its end
          tool a:b                    ^ has no colon before white space
          tols a: b                   ^ begins with no known kind; write tool, prompt, resource or method
          Tool a: b                   ^ begins with no known kind
          : b                         ^ begins with no known kind
          tool: b                     ^ has no name; write tool NAME: SCOPES, or * for all names
          tool a b: c                 ^ has white space in its name; write the name in double quotes
          tool "": a                  ^ has no name; write tool NAME: SCOPES, or * for all names
          tool a*b: c                 ^ has a * before the end of its name; write it at the end, or in
          tool *a: c                  ^ has a * before the end
          tool a**: c                 ^ has a * before the end
          tool a\u200b: c             ^ has an invisible character in its name
          tool "a b: c                ^ the text [tool "a b: c] has no closing "
          tool "a\\n": c               ^ has a single backslash in quotes
          tool a: b, c                ^ has scopes in two places; separate scopes by spaces
          tool a: b,                  ^ has an empty place between its separators
          tool a: ,                   ^ has an empty place
          tool a: b |                 ^ has an empty place
          tool a: ü                   ^ which is not a scope; RFC 6749
          tool a: "b c"               ^ has 'b c', which is not a scope
          tool a: offline_access      ^ needs offline_access, which is for clients to request; remove it
          tool a: acr=                ^ has an acr= without values
          tool a: acr=ü               ^ not printable ASCII
          tool a: acr=x, acr=y        ^ has acr twice; write it once
          tool a: max-age=soon        ^ has a wrong max-age: 'soon' is not a duration; write one such as
          tool a: max-age=0s          ^ is out of range; write whole seconds from 1s to 8760h
          tool a: max-age=8761h       ^ is out of range
          tool a: max-age=1500ms      ^ is out of range
          tool a: maxage=5m           ^ has the unknown option 'maxage'; write acr= or max-age=
          tool a: b c=d               ^ has the unknown option 'b?c'
          tool *: b tool a: c         ^ has another colon after 'b tool a'; separate rules by
          tool a: b; tool a: c        ^ rule 2 [tool a: c] is the second rule for tool a
          tool a*: b; tool "a"*: c    ^ is the second rule for tool a*
          method tools/cal: b         ^ names no method of MCP; correct it, or write it in double quotes
          method Tools/call: b        ^ names no method of MCP
          method tool/*: b            ^ names no method of MCP
          tool a: b # c; tool d: e    ^ has a ; in the comment after it
          """)
  void anInvalidRuleIsNamedWithItsCure(String text, String message) {
    assertThat(errors(text)).singleElement().asString().contains(message);
  }

  @Test
  void allErrorsAreNamedWithTheirLines() {
    String text = "tool a: b\n\ntol c: d\ntool e\ntool a: f";

    assertThat(errors(text))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("line 3 [tol c: d] begins"),
            second -> assertThat(second).startsWith("line 4 [tool e] has no colon"),
            third -> assertThat(third).startsWith("line 5 [tool a: f] is the second"));
    assertThatThrownBy(() -> McpRules.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is invalid: line 3")
        .hasMessageContaining("; line 5");
  }

  @Test
  void whatIsFormattedIsParsedAgain() {
    for (int seed = 0; seed < 5000; seed++) {
      List<Rule> rules = randomRules(new Random(seed));
      String separator = seed % 2 == 0 ? "\n" : ";";
      String text = rules.stream().map(Rule::toString).collect(Collectors.joining(separator));

      assertThat(parsed(text)).as(text).isEqualTo(rules);
    }
  }

  private static List<Rule> randomRules(Random random) {
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      RuleKind kind = KINDS.get(random.nextInt(KINDS.size()));
      boolean pattern = random.nextInt(3) == 0;
      String name = text(random, "ab :;,#|=*\"\\é/.\u00a0", pattern ? 0 : 1) + i;
      List<List<String>> sets = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0; j--) {
        sets.add(List.of(text(random, "ab:;,#|=*/.'", 1) + j, "x"));
      }
      List<String> acr = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0; j--) {
        acr.add(text(random, "ab:;,#|=*/.'", 1) + j);
      }
      @Nullable Duration maxAge =
          random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(365 * 86_400));
      rules.add(
          new Rule(
              kind,
              name,
              pattern,
              new ScopeAlternatives(sets),
              new RequiredAuthentication(acr, maxAge)));
    }
    return rules;
  }

  private static String text(Random random, String characters, int min) {
    StringBuilder text = new StringBuilder();
    for (int i = min + random.nextInt(6); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "notes, exact",
    "notes_, long",
    "notes_private, private",
    "notes_privates, longest",
    "notes_public, long",
    "note, short",
    "not, all",
    "'', all",
    "Notes, all",
    "notes_private\u200b, longest",
  })
  void theMostSpecificRuleApplies(String name, String scope) {
    McpRules rules =
        McpRules.parse(
            """
            tool *: all
            tool notes_private*: longest
            tool notes: exact
            tool note*: short
            tool notes_*: long
            tool notes_private: private
            prompt notes: other
            """);

    assertThat(rules.find(RuleKind.TOOL, name).rules())
        .singleElement()
        .satisfies(rule -> assertThat(rule.scopes()).hasToString(scope));
    assertThat(rules.find(RuleKind.RESOURCE, name).rules()).isEmpty();
  }

  /** Binary search, compared with the definition. */
  @Test
  void theLongestPatternIsFound() {
    List<String> words = List.of("a", "b", "ab", "aa", "aab", "ba", "b/", "aaa", "abb", "z", "");
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      List<String> starts = words.stream().filter(word -> random.nextBoolean()).toList();
      McpRules rules =
          McpRules.parse(
              starts.stream()
                  .map(start -> "tool " + start + "*: s" + start)
                  .collect(Collectors.joining("\n", "prompt x:\n", "")));
      String name = text(random, "abz/", 0);
      List<String> expected =
          starts.stream()
              .filter(name::startsWith)
              .max(Comparator.comparingInt(String::length))
              .map(start -> List.of("s" + start))
              .orElse(List.of());

      assertThat(rules.find(RuleKind.TOOL, name).rules())
          .as("%s in %s", name, starts)
          .extracting(rule -> rule.scopes().toString())
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "notes://a/{id}, 'any exact private'",
    "notes://a/private/{id}, 'private'",
    "notes://a/p{x}, 'any private'",
    "notes://b/{id}, 'any'",
    "notes://b/{id}/private, 'any'",
    "'notes://{+all}', 'any exact private'",
    "'{uri}', 'any exact private'",
    "'notes://a/one', 'exact'",
    "'notes://ä/{id}', 'any exact private'",
    "'other://{id}', ''",
  })
  void aTemplateNeedsWhatAnyOfItsUrisNeeds(String template, String scopes) {
    McpRules rules =
        McpRules.parse(
            """
            resource notes://*: any
            resource notes://a/private/*: private
            resource notes://a/one: exact
            """);

    assertThat(rules.findForTemplate(template).rules())
        .extracting(rule -> rule.scopes().toString())
        .containsExactlyInAnyOrder(scopes.isEmpty() ? new String[0] : scopes.split(" ", -1));
  }

  @Test
  void aTemplateWhoseOtherUrisNoRuleNamesIsLeftToTheDefault() {
    McpRules rules = McpRules.parse("resource notes://a/*: a; resource other://*: b");

    assertThat(rules.findForTemplate("notes://{x}/1").complete()).isFalse();
    assertThat(rules.findForTemplate("notes://a/{x}").complete()).isTrue();
  }
}
