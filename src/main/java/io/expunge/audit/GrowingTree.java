package io.expunge.audit;

import java.util.ArrayList;
import java.util.List;

/** Appends leaves to a tree of which only the complete subtrees at its right edge are known. */
final class GrowingTree {

    /** A complete subtree that a leaf completed. */
    record Grown(int level, long index, byte[] hash) {}

    private final List<byte[]> edge = new ArrayList<>();
    private long size;

    /** The empty tree. */
    GrowingTree() {
        this(0, (level, index) -> new byte[0]);
    }

    /** A tree of {@code size} leaves. */
    GrowingTree(long size, Merkle.Nodes nodes) {
        this.size = size;
        for (int level = 63 - Long.numberOfLeadingZeros(size); level >= 0 && size > 0; level--) {
            if ((size >> level & 1) == 1) {
                edge.add(nodes.hash(level, (size >> level) - 1));
            }
        }
    }

    long size() {
        return size;
    }

    /** All that one more leaf completes, itself first. */
    List<Grown> append(byte[] leaf) {
        var grown = new ArrayList<Grown>();
        byte[] hash = leaf;
        long index = size;
        int level = 0;
        grown.add(new Grown(0, index, hash));
        while ((index & 1) == 1) {
            hash = Merkle.node(edge.removeLast(), hash);
            index >>= 1;
            level++;
            grown.add(new Grown(level, index, hash));
        }
        edge.add(hash);
        size++;
        return grown;
    }

    byte[] root() {
        if (edge.isEmpty()) {
            return Merkle.sha256().digest();
        }
        byte[] hash = edge.getLast();
        for (int i = edge.size() - 2; i >= 0; i--) {
            hash = Merkle.node(edge.get(i), hash);
        }
        return hash;
    }
}
