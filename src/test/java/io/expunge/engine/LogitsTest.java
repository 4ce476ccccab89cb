package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogitsTest {

    @TempDir
    private Path directory;

    @Test
    void whatIsWrittenIsReadAgain() {
        var file = directory.resolve("a.safetensors");
        var logits = new Logits(new float[][] {{1, 2}, {-3, 4.5f}}, new float[][] {{0, 1e-30f}});
        logits.write(file);
        var read = Logits.read(file);
        assertThat(read.train()).isDeepEqualTo(logits.train());
        assertThat(read.test()).isDeepEqualTo(logits.test());
    }

    @Test
    void thereNeedBeNothingToTestOn() {
        var file = directory.resolve("a.safetensors");
        new Logits(new float[][] {{1, 2}}, new float[0][]).write(file);
        assertThat(Logits.read(file).test()).isEmpty();
    }

    @Test
    void aNumberThatIsNotFiniteIsRefusedAndNothingIsWritten() {
        var file = directory.resolve("a.safetensors");
        assertThatThrownBy(() -> new Logits(new float[][] {{1, Float.NaN}}, new float[0][]).write(file))
                .isInstanceOf(Diverged.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        var file = Files.writeString(directory.resolve("a.safetensors"), "not one");
        assertThatThrownBy(() -> Logits.read(file)).isInstanceOf(ModelRefused.class);
    }
}
