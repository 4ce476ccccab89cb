package io.expunge.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The hash tree of a transparency log: RFC 9162, <a href="https://www.rfc-editor.org/rfc/rfc9162#section-2.1">section
 * 2.1</a>, with SHA-256.
 */
public final class Merkle {

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    /** Hashes of complete subtrees. */
    interface Nodes {

        /** Of the {@code index}-th subtree of 2^{@code level} leaves. */
        byte[] hash(int level, long index);
    }

    private Merkle() {}

    /** Of one entry. */
    public static byte[] leaf(byte[] entry) {
        var digest = sha256();
        digest.update(LEAF);
        return digest.digest(entry);
    }

    static byte[] node(byte[] left, byte[] right) {
        var digest = sha256();
        digest.update(NODE);
        digest.update(left);
        return digest.digest(right);
    }

    /** Of the first {@code size} entries. */
    static byte[] root(long size, Nodes nodes) {
        return size == 0 ? sha256().digest() : range(0, size, nodes);
    }

    /** Hashes that lead from entry {@code index} to the root of the first {@code size}: section 2.1.3.1. */
    static List<byte[]> inclusion(long index, long size, Nodes nodes) {
        require(index >= 0 && index < size, "index", index, size);
        var proof = new ArrayList<byte[]>();
        path(index, 0, size, nodes, proof);
        return proof;
    }

    private static void path(long index, long from, long to, Nodes nodes, List<byte[]> proof) {
        if (to - from == 1) {
            return;
        }
        long middle = from + half(to - from);
        if (index < middle) {
            path(index, from, middle, nodes, proof);
            proof.add(range(middle, to, nodes));
        } else {
            path(index, middle, to, nodes, proof);
            proof.add(range(from, middle, nodes));
        }
    }

    /** Hashes that show the first {@code first} entries to begin the first {@code second}: section 2.1.4.1. */
    static List<byte[]> consistency(long first, long second, Nodes nodes) {
        require(first > 0 && first <= second, "first", first, second);
        var proof = new ArrayList<byte[]>();
        part(first, 0, second, true, nodes, proof);
        return proof;
    }

    private static void part(long first, long from, long to, boolean known, Nodes nodes, List<byte[]> proof) {
        if (first == to) {
            if (!known) {
                proof.add(range(from, to, nodes));
            }
            return;
        }
        long middle = from + half(to - from);
        if (first <= middle) {
            part(first, from, middle, known, nodes, proof);
            proof.add(range(middle, to, nodes));
        } else {
            part(first, middle, to, false, nodes, proof);
            proof.add(range(from, middle, nodes));
        }
    }

    private static byte[] range(long from, long to, Nodes nodes) {
        long size = to - from;
        if (Long.bitCount(size) == 1 && from % size == 0) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.hash(level, from >> level);
        }
        long middle = from + half(size);
        return node(range(from, middle, nodes), range(middle, to, nodes));
    }

    /** The largest power of two below {@code size}. */
    private static long half(long size) {
        return Long.highestOneBit(size - 1);
    }

    /** Whether the leaf is entry {@code index} of the tree of that size and root: section 2.1.3.2. */
    public static boolean includes(byte[] leaf, long index, long size, List<byte[]> proof, byte[] root) {
        if (index < 0 || index >= size) {
            return false;
        }
        long place = index;
        long last = size - 1;
        byte[] hash = leaf;
        for (var other : proof) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                hash = node(other, hash);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(hash, other);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && MessageDigest.isEqual(hash, root);
    }

    /** Whether the tree of the second size and root begins with that of the first: section 2.1.4.2. */
    public static boolean consistent(long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> proof) {
        if (first <= 0 || first > second) {
            return false;
        }
        if (first == second) {
            return proof.isEmpty() && MessageDigest.isEqual(firstRoot, secondRoot);
        }
        var path = new ArrayList<>(proof);
        if (Long.bitCount(first) == 1) {
            path.addFirst(firstRoot);
        }
        if (path.isEmpty()) {
            return false;
        }
        long place = first - 1;
        long last = second - 1;
        while ((place & 1) == 1) {
            place >>= 1;
            last >>= 1;
        }
        byte[] before = path.getFirst();
        byte[] after = path.getFirst();
        for (var other : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((place & 1) == 1 || place == last) {
                before = node(other, before);
                after = node(other, after);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                after = node(after, other);
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && MessageDigest.isEqual(before, firstRoot) && MessageDigest.isEqual(after, secondRoot);
    }

    private static void require(boolean held, String name, long value, long size) {
        if (!held) {
            throw new IllegalArgumentException(name + " " + value + " does not fit a tree of " + size);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
