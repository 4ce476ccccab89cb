package io.expunge.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-04T23:59:59Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void aFile() {
        file = directory.resolve("new/ring.key");
    }

    @Test
    void theFirstStartMakesOneKeyThatOnlyTheOwnerReads() throws Exception {
        var key = KeyRing.open(file, null, CLOCK).current();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(key.since()).isEqualTo(LocalDate.of(2026, 3, 4));
        assertThat(KeyRing.open(file, " ", CLOCK).current().id()).isEqualTo(key.id());
        assertThat(key.id()).matches("[0-9a-f]{12}");
        assertThat(Files.readString(file)).doesNotContain(key.id());
    }

    @Test
    void processesThatStartTogetherAgreeOnOneKey() throws Exception {
        try (var starts = Executors.newFixedThreadPool(8)) {
            var ids = starts.invokeAll(IntStream.range(0, 8)
                    .<Callable<String>>mapToObj(
                            i -> () -> KeyRing.open(file, null, CLOCK).current().id())
                    .toList());
            var first = ids.getFirst().get();
            for (var id : ids) {
                assertThat(id.get()).isEqualTo(first);
            }
        }
    }

    @Test
    void aNewKeyIsSeenByEveryProcessAndTheOldOneStays() {
        var here = KeyRing.open(file, null, CLOCK);
        var there = KeyRing.open(file, null, CLOCK);
        var old = here.current();
        var fresh = here.rotate();
        assertThat(there.current().id()).isEqualTo(fresh.id()).isNotEqualTo(old.id());
        assertThat(there.find(old.id())).isPresent();
    }

    @Test
    void aDestroyedKeyIsGoneForEveryProcess() throws Exception {
        var here = KeyRing.open(file, null, CLOCK);
        var there = KeyRing.open(file, null, CLOCK);
        var old = here.current();
        var secret = Files.readString(file).strip();
        var second = directory.resolve("second name");
        Files.createLink(second, file);
        here.rotate();
        Files.createLink(directory.resolve("third name"), file);
        here.destroy(old.id());
        assertThat(there.find(old.id())).isEmpty();
        for (var former : new String[] {"new/ring.key", "second name", "third name"}) {
            assertThat(Files.readString(directory.resolve(former))).doesNotContain(secret);
        }
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void theCurrentKeyIsNotDestroyed() {
        var ring = KeyRing.open(file, null, CLOCK);
        assertThatThrownBy(() -> ring.destroy(ring.current().id())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenKeysAreTakenAsTheyAreAndNeverChanged() {
        var newest = "2026-02-01 " + "ab".repeat(32);
        var oldest = "2025-02-01 " + "cd".repeat(32);
        var ring = KeyRing.open(file, newest + ", " + oldest, CLOCK);
        assertThat(ring.live()).hasSize(2);
        assertThat(ring.current().since()).isEqualTo(LocalDate.of(2026, 2, 1));
        assertThat(ring.own()).isFalse();
        assertThat(file).doesNotExist();
        assertThatThrownBy(ring::rotate).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutBeingRepeated() {
        for (var text : new String[] {
            "ab".repeat(32),
            "2026-02-30 " + "ab".repeat(32),
            "2026-02-01 " + "ab".repeat(31),
            "2026-02-01 " + "xy".repeat(32)
        }) {
            assertThatThrownBy(() -> KeyRing.open(file, text, CLOCK))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoCause()
                    .hasMessageContaining("64 hexadecimal digits")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("abab", "xyxy"));
        }
    }
}
