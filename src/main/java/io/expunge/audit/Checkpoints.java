package io.expunge.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Signs how long the log is, keeps it and writes it where it can be taken from. */
@Service
public class Checkpoints {

    private static final int MOST_LISTED = 1_000;

    private final JdbcClient jdbc;
    private final TreeStore tree;
    private final SigningKeys keys;
    private final Path directory;
    private final Clock clock;

    Checkpoints(JdbcClient jdbc, TreeStore tree, SigningKeys keys, AuditSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.tree = tree;
        this.keys = keys;
        this.directory = settings.checkpointDirectory();
        this.clock = clock;
    }

    /** Signs the log as it is, unless it has not grown since; empty while nothing is in it. */
    @Transactional
    public Optional<Checkpoint> publish() {
        long size = tree.size();
        var latest = latest();
        if (size == 0 || latest.filter(one -> one.size() == size).isPresent()) {
            return latest;
        }
        var origin = keys.origin();
        var root = tree.root(size);
        var body = Checkpoint.body(origin, size, root);
        var signed = keys.sign(body.getBytes(StandardCharsets.UTF_8));
        var note = body + "\n" + Checkpoint.signature(signed.key(), signed.signature());
        jdbc.sql("insert into audit_checkpoint (size, note, at) values (?, ?, ?) on conflict do nothing")
                .params(size, note, Timestamp.from(clock.instant()))
                .update();
        write(size, note);
        return Optional.of(new Checkpoint(origin, size, root, note));
    }

    /** The one of the largest size. */
    public Optional<Checkpoint> latest() {
        return jdbc.sql("select note from audit_checkpoint order by size desc limit 1")
                .query(String.class)
                .optional()
                .map(Checkpoint::parse);
    }

    List<Checkpoint> all() {
        return jdbc
                .sql("select note from audit_checkpoint order by size desc limit " + MOST_LISTED)
                .query(String.class)
                .list()
                .stream()
                .map(Checkpoint::parse)
                .toList();
    }

    private void write(long size, String note) {
        try {
            Files.createDirectories(directory);
            var name = String.format(Locale.ROOT, "%012d.checkpoint", size);
            var draft = directory.resolve(name + "." + ProcessHandle.current().pid() + ".tmp");
            Files.writeString(draft, note);
            Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a checkpoint", e);
        }
    }
}
