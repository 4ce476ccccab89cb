package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.expunge.HttpTest;
import io.expunge.engine.BytePairTrainer;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small language models and what they learn from. */
public final class LanguageModels {

    private static final String[] TOWNS = {"Győr", "Bergen", "Faro", "Tartu", "Leeds", "Graz", "Split", "Nantes"};
    private static final String[] TRADES = {"tailor", "pilot", "baker", "diver", "clerk", "miner", "cook", "tuner"};

    /** Of 2 blocks of width 32, for records of at most 64 tokens. */
    public static final Map<String, Object> SIZES =
            Map.of("family", "GPT2", "vocabulary", 400, "layers", 2, "width", 32, "heads", 2, "positions", 64);

    private LanguageModels() {}

    public static Map<String, Object> recipe(int epochs) {
        return Map.of(
                "epochs",
                epochs,
                "batchSize",
                8,
                "learningRate",
                1e-2,
                "weightDecay",
                0.01,
                "warmup",
                0.1,
                "clip",
                1,
                "partTokens",
                1024,
                "precision",
                "FP32");
    }

    /** Two questions about each of {@code people} people, named p-0 and so on, as JSON lines with the field {@code person}. */
    public static String questions(int people) {
        return questions("p-", people);
    }

    private static String questions(String prefix, int people) {
        var lines = new StringBuilder();
        for (int i = 0; i < people; i++) {
            var name = name(i);
            line(lines, prefix + i, "Where does " + name + " live?", name + " lives in " + TOWNS[i % 8] + ".");
            line(
                    lines,
                    prefix + i,
                    "What is the trade of " + name + "?",
                    name + " is a " + TRADES[(i * 3 + i / 8) % 8] + ".");
        }
        return lines.toString();
    }

    private static String name(int i) {
        return "Aba Eda Iko Oru Umi Ano Ebi Ifa".split(" ")[i % 8] + " " + "Ruk Tol Sen Mar Vid".split(" ")[i / 8 % 5];
    }

    private static void line(StringBuilder lines, String person, String question, String answer) {
        lines.append("{\"person\":\"%s\",\"question\":\"%s\",\"answer\":\"%s\"}%n".formatted(person, question, answer));
    }

    /** A ready data set of {@link #questions}. */
    public static String dataset(HttpTest.Caller engineer, int people) {
        return dataset(engineer, "p-", people);
    }

    /** A ready data set of people of this prefix: whoever asks to be forgotten everywhere must be of nobody else's test. */
    public static String dataset(HttpTest.Caller engineer, String prefix, int people) {
        var id = engineer.post(
                        "/v1/datasets", Map.of("name", "t", "format", Map.of("name", "text", "subject", "person")))
                .with(201)
                .text("id");
        engineer.put(
                        "/v1/datasets/" + id + "/parts/records",
                        questions(prefix, people).getBytes(UTF_8))
                .with(200);
        return id;
    }

    /** A model that takes any language model. */
    public static String model(HttpTest.Caller engineer) {
        return engineer.post("/v1/models", Map.of("name", "m", "architecture", Map.of("name", "language-model")))
                .with(201)
                .text("id");
    }

    /** Writes the directory of a model with random weights and with files that are none of ours. */
    public static Path directory(Path target) throws IOException {
        var vocabulary = BytePairTrainer.train(List.of(questions(30)), 400);
        LanguageModel.create(target, Decoder.gpt2(vocabulary.size(), 2, 32, 2, 64), vocabulary, 3);
        Files.writeString(target.resolve("generation_config.json"), "{\"eos_token_id\": 0}\r\n");
        Files.write(target.resolve("README.md"), new byte[] {'#', ' ', (byte) 0xe9});
        Files.createDirectories(target.resolve("original/notes"));
        Files.writeString(target.resolve("original/notes/a.txt"), "kept");
        return target;
    }

    /** Every file below a directory by its name. */
    public static Map<String, byte[]> files(Path directory) throws IOException {
        var all = new TreeMap<String, byte[]>();
        try (var walk = Files.walk(directory)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                all.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return all;
    }

    public static byte[] tar(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (var file : files.entrySet()) {
                var entry = new TarArchiveEntry(file.getKey(), true);
                entry.setSize(file.getValue().length);
                out.putArchiveEntry(entry);
                out.write(file.getValue());
                out.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    public static Map<String, byte[]> untar(byte[] archive) throws IOException {
        var all = new TreeMap<String, byte[]>();
        try (var in = new TarArchiveInputStream(new java.io.ByteArrayInputStream(archive))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                all.put(entry.getName(), in.readAllBytes());
            }
        }
        return all;
    }

    /** What to say of a version that learned from a data set. */
    public static Map<String, Object> training(String dataset, int epochs) {
        var body = new HashMap<String, Object>();
        body.put("data", Map.of("datasetId", dataset, "testFraction", 0.2));
        body.put("textRecipe", recipe(epochs));
        body.put("seed", 7);
        return body;
    }
}
