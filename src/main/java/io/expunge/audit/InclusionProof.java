package io.expunge.audit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Shows that an entry is in the log: C2SP's <a href="https://c2sp.org/tlog-proof">tlog-proof</a>.
 *
 * @param index of the entry
 * @param hashes from its leaf to the root, 32 bytes each
 * @param checkpoint whose root they lead to
 */
public record InclusionProof(long index, List<byte[]> hashes, Checkpoint checkpoint) {

    private static final String HEADER = "c2sp.org/tlog-proof@v1";

    public InclusionProof {
        hashes = List.copyOf(hashes);
    }

    /** Whether it shows that the entry with these bytes is in the log. */
    public boolean shows(byte[] entry) {
        return Merkle.includes(Merkle.leaf(entry), index, checkpoint.size(), hashes, checkpoint.root());
    }

    /** The text that {@link #parse} reads. */
    public String text() {
        var text = new StringBuilder(HEADER).append("\nindex ").append(index).append('\n');
        hashes.forEach(
                hash -> text.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
        return text.append('\n').append(checkpoint.note()).toString();
    }

    /**
     * Reads what {@link #text} wrote; nothing is verified yet.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static InclusionProof parse(String text) {
        int end = text.indexOf("\n\n");
        var lines = end < 0 ? List.<String>of() : text.substring(0, end).lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(HEADER)) {
            throw new IllegalArgumentException("the proof must begin with " + HEADER);
        }
        int at = lines.get(1).startsWith("extra ") ? 2 : 1;
        if (at >= lines.size() || !lines.get(at).matches("index (0|[1-9][0-9]{0,17})")) {
            throw new IllegalArgumentException("the proof has no index");
        }
        var hashes = new ArrayList<byte[]>();
        for (var line : lines.subList(at + 1, lines.size())) {
            var hash = Base64.getDecoder().decode(line);
            if (hash.length != 32 || hashes.size() == 64) {
                throw new IllegalArgumentException("a hash of the proof is impossible");
            }
            hashes.add(hash);
        }
        return new InclusionProof(
                Long.parseLong(lines.get(at).substring("index ".length())),
                hashes,
                Checkpoint.parse(text.substring(end + 2)));
    }
}
