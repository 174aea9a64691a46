package dev.gatehouse.internal.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A servlet that also serves paths to which the filter is not mapped. A front controller does so on
 * purpose: one servlet on {@code /} serves the MCP server and public pages.
 */
record PartlyProtectedServlet(
    String name, List<UrlPattern> mappings, FilterPatterns filter, boolean isMcpServlet) {

  /**
   * The patterns to which the filter is mapped.
   *
   * @param protecting those of paths that the filter does not serve itself
   */
  record FilterPatterns(List<UrlPattern> all, List<UrlPattern> protecting) {

    boolean cover(UrlPattern mapping) {
      return all.stream().anyMatch(pattern -> pattern.covers(mapping));
    }
  }

  /** What is wrong if all paths of the servlet must be protected. */
  String refusal() {
    String finding =
        "servlet '%s' also serves paths that the filter is not mapped to; map the filter by"
                .formatted(name)
            + " <servlet-name>%s</servlet-name> instead of %s".formatted(name, filter.all());
    return isMcpServlet
        ? finding
        : finding
            + ", or write mapping-check=warn if the servlet is a front controller whose other paths"
            + " are public";
  }

  /** What is wrong even if the other paths of the servlet are meant to be public. */
  List<String> refusalsOfFrontController() {
    if (isMcpServlet) {
      return List.of(
          refusal()
              + ": the servlet of the MCP SDK serves every path that ends in its endpoint, so"
              + " mapping-check=warn is not possible");
    }
    List<String> findings = new ArrayList<>();
    for (UrlPattern pattern : filter.protecting()) {
      if (mappings.stream().anyMatch(pattern::overlaps)) {
        openNeighbour(pattern).ifPresent(findings::add);
        openTwins(pattern).forEach(findings::add);
      }
    }
    return findings;
  }

  /**
   * What is missing for paths that a front controller may take for one that the filter protects:
   * {@code /mcp/} and {@code /mcp/mcp} besides {@code /mcp}.
   */
  private Optional<String> openNeighbour(UrlPattern pattern) {
    if (pattern.isExtension()) {
      return Optional.of(
          "with mapping-check=warn, the filter can't be mapped to %s, because servlet '%s' may serve"
                  .formatted(pattern, name)
              + " the same at other paths; write a prefix such as /mcp/*");
    }
    UrlPattern below = pattern.below();
    boolean open = mappings.stream().anyMatch(pattern::isAbovePathOf) && !filter.cover(below);
    return open
        ? Optional.of(
            "servlet '%s' also serves the paths below '%s', to which the filter is not mapped; add"
                    .formatted(name, pattern)
                + " <url-pattern>%s</url-pattern>".formatted(below))
        : Optional.empty();
  }

  /**
   * What is missing for paths at which another mapping of the servlet leads to the same place: with
   * mappings {@code /} and {@code /app/*}, Spring takes {@code /app/mcp} for {@code /mcp}.
   */
  private Stream<String> openTwins(UrlPattern pattern) {
    return mappings.stream()
        .filter(from -> !pattern.isExtension() && pattern.overlaps(from) && serves(from, pattern))
        .flatMap(
            from ->
                mappings.stream()
                    .filter(to -> !to.equals(from) && isOpen(to, pattern.moved(from, to)))
                    .map(to -> pattern.moved(from, to)))
        .distinct()
        .map(
            twin ->
                "servlet '%s' may serve the same at '%s' as at '%s', because it has several mappings;"
                        .formatted(name, twin, pattern)
                    + " add <url-pattern>%s</url-pattern>, or remove a mapping".formatted(twin));
  }

  private boolean isOpen(UrlPattern mapping, UrlPattern pattern) {
    return pattern.overlaps(mapping) && serves(mapping, pattern) && !filter.cover(pattern);
  }

  /** Whether requests for these paths come by this mapping, and not all by a deeper one. */
  private boolean serves(UrlPattern mapping, UrlPattern pattern) {
    return mapping.isExact()
        || mappings.stream()
            .noneMatch(other -> other.isDeeperThan(mapping) && pattern.isWithin(other));
  }

  /** Names the paths that need no token. */
  String unprotectedPaths() {
    return "servlet '%s' serves without a token: ".formatted(name)
        + mappings.stream()
            .filter(mapping -> !filter.cover(mapping))
            .map(this::unprotectedPaths)
            .collect(Collectors.joining("; "));
  }

  private String unprotectedPaths(UrlPattern mapping) {
    String paths =
        mapping.isDefault() || mapping.matchesEverything()
            ? "every path"
            : mapping.isExact() ? mapping.path() : "every path of " + mapping;
    String except =
        filter.all().stream()
            .filter(pattern -> pattern.overlaps(mapping))
            .map(UrlPattern::path)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return except.isEmpty() ? paths : paths + " except " + except;
  }
}
