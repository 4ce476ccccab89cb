package io.expunge.audit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One digest over the nodes of each level, in their order. */
final class LevelDigests {

    private final List<MessageDigest> levels = new ArrayList<>();

    void add(GrowingTree.Grown node) {
        add(node.level(), node.index(), node.hash());
    }

    void add(int level, long index, byte[] hash) {
        while (levels.size() <= level) {
            levels.add(Merkle.sha256());
        }
        levels.get(level).update(ByteBuffer.allocate(Long.BYTES).putLong(index).array());
        levels.get(level).update(hash);
    }

    /** The lowest level that differs; -1 if none does. Ends both. */
    int firstDifference(LevelDigests other) {
        var mine = digests();
        var others = other.digests();
        for (int level = 0; level < Math.max(mine.size(), others.size()); level++) {
            if (level >= mine.size() || level >= others.size() || !Arrays.equals(mine.get(level), others.get(level))) {
                return level;
            }
        }
        return -1;
    }

    private List<byte[]> digests() {
        return levels.stream().map(MessageDigest::digest).toList();
    }
}
