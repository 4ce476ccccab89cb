package io.expunge.demo;

import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sampling;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.FileSystemUtils;

/** A consumer of a language model's version: takes its archive and answers a question with it. */
final class Assistant {

    private static final int LONGEST = 40;

    private Assistant() {}

    /** The likeliest answer. */
    static String answer(InputStream archive, String question) throws IOException {
        var directory = Files.createTempDirectory("assistant");
        try {
            unpack(archive, directory);
            var files = HuggingFaceDirectory.open(directory);
            try (var model = LanguageModel.open(files);
                    var tokenizer = files.tokenizer(model.decoder().vocabulary())) {
                var encoding = new TextEncoding(tokenizer);
                var prompt =
                        encoding.prompt(TextRecord.ofQuestion(question, "?").prompt());
                var tokens = model.generate(List.of(prompt), Sampling.greedy(LONGEST, Set.of(encoding.end())));
                return tokenizer.decode(tokens.getFirst()).strip();
            }
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    private static void unpack(InputStream archive, Path directory) throws IOException {
        try (var in = new TarArchiveInputStream(archive)) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                var file = directory.resolve(entry.getName()).normalize();
                if (!file.startsWith(directory)) {
                    throw new IOException("the archive leads out of its directory");
                }
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
            }
        }
    }
}
