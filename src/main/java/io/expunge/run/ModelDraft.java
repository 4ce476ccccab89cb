package io.expunge.run;

import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** A language model's directory that a run makes, anew at every attempt. */
record ModelDraft(Path directory) {

    /**
     * Writes the weights of {@code model} in the layout of another directory.
     *
     * @param section of the model card
     */
    void write(HuggingFaceDirectory layout, LanguageModel model, String section) {
        try {
            FileSystemUtils.deleteRecursively(directory); // a killed attempt may have left one
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        layout.write(directory, model::tensor, section);
    }
}
