package io.expunge.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferencesTest {

    @Test
    void aReferenceCountsOnlyWhenItsTimeIsWritten(@TempDir Path folder) throws IOException {
        var time = folder.resolve("reference.seconds");
        assertThat(References.trained(time)).isFalse();
        Files.writeString(time, ""); // what a kill between making and filling a file leaves
        assertThat(References.trained(time)).isFalse();
        References.record(time, 1.5);
        assertThat(References.trained(time)).isTrue();
        assertThat(Files.readString(time)).isEqualTo("1.5");
    }
}
