package io.expunge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    /** The example key of the signed note format. */
    private static final String KNOWN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    @TempDir
    private Path directory;

    private SigningKeys keys;

    @BeforeEach
    void open() {
        keys = new SigningKeys(new AuditSettings(directory, directory, Duration.ofMinutes(1)));
    }

    @Test
    void isVerifiedByTheKeyThatSignedItAndByNoOther() {
        var checkpoint = signed(7);
        var key = keys.all().getLast();
        assertThat(checkpoint.size()).isEqualTo(7);
        assertThat(checkpoint.origin()).isEqualTo(keys.origin()).startsWith("expunge/");
        assertThat(checkpoint.signedBy(key)).isTrue();
        assertThat(VerificationKey.parse(key.toString())).isEqualTo(key);
        keys.rotate();
        assertThat(checkpoint.signedBy(keys.all().getLast())).isFalse();
        assertThat(keys.all()).contains(key).hasSize(2);
        assertThat(signed(8).signedBy(key)).isFalse();
        assertThat(signed(8).signedBy(keys.all().getLast())).isTrue();
    }

    @Test
    void anyChangeOfItsTextBreaksIt() {
        var checkpoint = signed(7);
        var key = keys.all().getLast();
        int end = checkpoint.note().indexOf("\n\n");
        for (int i = 0; i < end; i++) {
            var text = new StringBuilder(checkpoint.note());
            text.setCharAt(i, (char) (text.charAt(i) ^ 1));
            boolean accepted;
            try {
                accepted = Checkpoint.parse(text.toString()).signedBy(key);
            } catch (IllegalArgumentException e) {
                accepted = false;
            }
            assertThat(accepted).as("character " + i).isFalse();
        }
    }

    @Test
    void manyWhoBeginAtOnceAgreeOnOneKey() throws Exception {
        var names = java.util.concurrent.ConcurrentHashMap.<String>newKeySet();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                threads.execute(
                        () -> names.add(new SigningKeys(new AuditSettings(directory, directory, Duration.ofMinutes(1)))
                                .sign(new byte[] {1})
                                .key()
                                .toString()));
            }
        }
        assertThat(names).hasSize(1);
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void thePrivateHalfIsTheOwnersAloneAndGoesWithRotation() throws Exception {
        keys.sign(new byte[0]);
        var file = directory.resolve("0001.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        keys.rotate();
        assertThat(file).doesNotExist();
        assertThat(directory.resolve("0001.pub")).exists();
        assertThat(directory.resolve("0002.key")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\n1\n",
                "a\nx\nAAAA\n\n",
                "a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
                "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
                "a\n1\nAAAA\n\n",
                "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
            })
    void whatIsNoCheckpointIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Checkpoint.parse(text));
    }

    @Test
    void keysAreWrittenAsSignedNotesHaveThem() {
        assertThat(VerificationKey.parse(KNOWN_KEY)).hasToString(KNOWN_KEY);
        assertThatIllegalArgumentException().isThrownBy(() -> VerificationKey.parse(KNOWN_KEY.replace("c74f", "c74e")));
        assertThatIllegalArgumentException().isThrownBy(() -> VerificationKey.parse("example.com/foo"));
    }

    private Checkpoint signed(long size) {
        var root = Merkle.leaf(new byte[] {(byte) size});
        var body = Checkpoint.body(keys.origin(), size, root);
        var signed = keys.sign(body.getBytes(StandardCharsets.UTF_8));
        return Checkpoint.parse(body + "\n" + Checkpoint.signature(signed.key(), signed.signature()));
    }
}
