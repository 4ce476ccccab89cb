package io.expunge.audit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** An audit log without a database, signed by keys in a directory. */
public final class SmallLog {

    private final SigningKeys keys;
    private final GrowingTree tree = new GrowingTree();
    private final Map<List<Long>, byte[]> nodes = new HashMap<>();
    private final List<byte[]> entries = new ArrayList<>();

    public SmallLog(Path directory) {
        this.keys = new SigningKeys(new AuditSettings(directory, directory, Duration.ofMinutes(1)));
    }

    public SigningKeys keys() {
        return keys;
    }

    public void rotate() {
        keys.rotate();
    }

    /** Appends an entry; its bytes. */
    public byte[] append(Instant at, String action, UUID subject, String details) {
        var entry = new StoredEntry(
                UUID.randomUUID(),
                UUID.randomUUID(),
                at,
                "system",
                action,
                "certificate",
                subject,
                details,
                null,
                null);
        var bytes = Canonical.bytes(entries.size(), entry);
        entries.add(bytes);
        tree.append(Merkle.leaf(bytes))
                .forEach(node -> nodes.put(List.of((long) node.level(), node.index()), node.hash()));
        return bytes;
    }

    public int size() {
        return entries.size();
    }

    public InclusionProof prove(int index) {
        Merkle.Nodes all = (level, place) -> Objects.requireNonNull(nodes.get(List.of((long) level, place)));
        var root = Merkle.root(tree.size(), all);
        var body = Checkpoint.body(keys.origin(), tree.size(), root);
        var signed = keys.sign(body.getBytes(StandardCharsets.UTF_8));
        var note = body + "\n" + Checkpoint.signature(signed.key(), signed.signature());
        return new InclusionProof(index, Merkle.inclusion(index, tree.size(), all), Checkpoint.parse(note));
    }
}
