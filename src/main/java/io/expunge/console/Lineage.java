package io.expunge.console;

import io.expunge.api.Version;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Versions as a graph, one line each, oldest first: a version stands one step to the right of what it was made from.
 *
 * @param width of the drawing, in the drawing's units
 */
record Lineage(List<Node> nodes, List<Edge> edges, int width, int height) {

    private static final int STEP = 44;
    private static final int INDENT = 28;
    private static final int TEXT = 460;

    /** A version, and the centre of its dot. */
    record Node(Version version, int x, int y, boolean champion) {}

    /** From a version to one that was made from it, as the path of a line. */
    record Edge(String path) {}

    static Lineage of(List<Version> versions, @Nullable UUID champion) {
        var sorted = versions.stream()
                .sorted(Comparator.comparing(Version::getNumber))
                .toList();
        Map<UUID, Node> nodes = new HashMap<>();
        var all = new java.util.ArrayList<Node>();
        var edges = new java.util.ArrayList<Edge>();
        int deepest = 0;
        for (var version : sorted) {
            var parent = nodes.get(version.getParentId() == null ? version.getBaseId() : version.getParentId());
            int x = parent == null ? 14 : parent.x() + INDENT;
            var node =
                    new Node(version, x, 24 + STEP * all.size(), version.getId().equals(champion));
            if (parent != null) {
                edges.add(new Edge("M%d %d V%d H%d".formatted(parent.x(), parent.y() + 7, node.y(), node.x() - 7)));
            }
            deepest = Math.max(deepest, x);
            nodes.put(version.getId(), node);
            all.add(node);
        }
        return new Lineage(List.copyOf(all), List.copyOf(edges), deepest + TEXT, STEP * all.size() + 10);
    }
}
