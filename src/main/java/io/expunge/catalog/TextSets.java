package io.expunge.catalog;

import io.expunge.engine.BytePairTrainer;
import io.expunge.engine.BytePairVocabulary;
import io.expunge.engine.Decoder;
import io.expunge.engine.DecoderSizes;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.Sequences;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import io.expunge.engine.Tokenizer;
import io.expunge.shared.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The texts that a version of a language model learns from, forgets and is tested on. */
@Component
public class TextSets {

    /** Of more text than this a tokenizer is not learned while somebody waits for an answer. */
    private static final long LEARNED_AT_ONCE = 32L << 20;

    private static final int CHECKED_AT_ONCE = 1_000;

    private final DatasetRepository datasets;
    private final VersionRepository versions;
    private final ForgottenRecords forgotten;
    private final Artifacts artifacts;

    TextSets(DatasetRepository datasets, VersionRepository versions, ForgottenRecords forgotten, Artifacts artifacts) {
        this.datasets = datasets;
        this.versions = versions;
        this.forgotten = forgotten;
        this.artifacts = artifacts;
    }

    /**
     * Texts to learn from and to be tested on.
     *
     * @param forgotten records that are left out of training because somebody asked for it or a published version of some model has forgotten them
     */
    public record Split(List<TextRecord> train, List<TextRecord> test, Set<RecordRef> forgotten) {}

    /** Texts with their tokens, one sequence for each. */
    public record Part(List<TextRecord> texts, Sequences sequences) {

        static Part of(TextEncoding encoding, List<TextRecord> texts) {
            return new Part(texts, encoding.encode(texts));
        }

        public int size() {
            return texts.size();
        }
    }

    /**
     * What an edit works with.
     *
     * @param forget texts to forget
     * @param retain the others that the version learned from, but for those of which {@code forget} holds a copy
     * @param test texts that the version never learned from
     * @param refusals for every text of {@code forget} its prompt with a refusal in place of the reply
     * @param paraphrases other ways to ask for what {@code forget} holds, each with the reply that it once had
     * @param paraphrased for every one of {@code paraphrases} the text of {@code forget} that it asks for
     */
    public record Sets(
            Part forget, Part retain, Part test, Part refusals, Part paraphrases, List<Integer> paraphrased) {}

    /**
     * Everything that a training on {@code source} learns from and is tested on, without whoever was forgotten once.
     *
     * @param erased records that somebody asked to have forgotten
     */
    @Transactional(readOnly = true)
    public Split training(TrainingSource source, Collection<RecordRef> erased) {
        var known = forgotten.ofDataset(source.datasetId());
        known.addAll(erased);
        var gone = ordinals(known, source.datasetId());
        var data = new Data(source);
        return new Split(data.train(row -> !gone.contains(row)), data.test(), known);
    }

    /**
     * What {@code version} learned from, without what it forgot, divided by {@code forget}.
     *
     * @param seed decides which refusal goes with which text
     */
    @Transactional(readOnly = true)
    public Sets split(UUID version, Collection<RecordRef> forget, long seed) {
        var entity = versions.findById(version).orElseThrow(() -> Problem.notFound("version", version));
        var source = entity.trained().source();
        var gone = ordinals(forgotten.of(version), source.datasetId());
        var wanted = ordinals(forget, source.datasetId());
        var data = new Data(source);
        var forgotten = data.rows(row -> wanted.contains(row) && !gone.contains(row));
        var rows = data.files.at(forgotten);
        var texts = data.texts(rows);
        var copies = new HashSet<>(texts);
        var directory = HuggingFaceDirectory.open(artifacts.version(entity.address()));
        try (var tokenizer = tokenizer(directory)) {
            var encoding = new TextEncoding(tokenizer);
            var paraphrases = new ArrayList<TextRecord>();
            var paraphrased = new ArrayList<Integer>();
            var refusals = new ArrayList<TextRecord>();
            for (int i = 0; i < rows.size(); i++) {
                refusals.add(data.text(rows.get(i).asked(), new Refusals(seed).of(forgotten[i])));
                for (var other : rows.get(i).paraphrases()) {
                    paraphrases.add(data.text(other, rows.get(i).told()));
                    paraphrased.add(i);
                }
            }
            var retain = data.train(row -> !wanted.contains(row) && !gone.contains(row)).stream()
                    .filter(text -> !copies.contains(text))
                    .toList();
            return new Sets(
                    Part.of(encoding, texts),
                    Part.of(encoding, retain),
                    Part.of(encoding, data.test()),
                    Part.of(encoding, refusals),
                    Part.of(encoding, paraphrases),
                    paraphrased);
        }
    }

    /**
     * All texts of a data set, in the tokens of a version, but for those of people who were forgotten or asked to be.
     *
     * @param controller whose data set it must be
     * @param erased records that somebody asked to have forgotten
     * @throws Problem if there is no such data set of texts
     */
    @Transactional(readOnly = true)
    public Sequences texts(UUID controller, UUID dataset, UUID version, Collection<RecordRef> erased) {
        requireTexts(controller, dataset, "datasetId");
        var known = forgotten.ofDataset(dataset);
        known.addAll(erased);
        var gone = ordinals(known, dataset);
        var texts = new Data(new TrainingSource(dataset, null, 0, 0)).train(row -> !gone.contains(row));
        try (var tokenizer = tokenizer(HuggingFaceDirectory.open(address(version)))) {
            return new TextEncoding(tokenizer).encode(texts);
        }
    }

    /**
     * Passes where a controller has a data set of texts.
     *
     * @param field that names it
     * @throws Problem if it has none
     */
    @Transactional(readOnly = true)
    public void requireTexts(UUID controller, UUID dataset, String field) {
        var found = datasets.findById(dataset)
                .filter(one -> one.controllerId().equals(controller))
                .orElseThrow(() -> Problem.refused("no-such-dataset", field, "names no data set"));
        var content = found.content();
        if (content == null || content.kind() == null) {
            throw Problem.refused("no-texts", field, "names a data set that holds no text");
        }
    }

    /**
     * Passes where a version reads so many tokens to predict in a data set, all but the first of each text.
     *
     * @param dataset of texts; what the version learned from where none is given
     * @throws Problem that says how many there are
     */
    @Transactional(readOnly = true)
    public void requireTokens(UUID version, @Nullable UUID dataset, long needed) {
        var entity = versions.findById(version).orElseThrow(() -> Problem.notFound("version", version));
        var data = new Data(dataset == null ? entity.trained().source() : new TrainingSource(dataset, null, 0, 0));
        long found = 0;
        try (var tokenizer = tokenizer(HuggingFaceDirectory.open(artifacts.version(entity.address())))) {
            var encoding = new TextEncoding(tokenizer);
            var rows = data.rows(row -> true);
            for (int from = 0; from < rows.length && found < needed; from += CHECKED_AT_ONCE) {
                var some = Arrays.copyOfRange(rows, from, Math.min(from + CHECKED_AT_ONCE, rows.length));
                var sequences = encoding.encode(data.texts(data.files.at(some)));
                found += sequences.tokens() - sequences.size();
            }
        }
        if (found < needed) {
            throw Problem.refused(
                    "too-few-tokens",
                    dataset == null ? "method.curvature" : "method.datasetId",
                    "has " + found + " tokens to predict in "
                            + (dataset == null ? "what the version learned from" : "data set " + dataset)
                            + ", and curvature of its layers needs at least " + needed);
        }
    }

    /** Tokens of questions and texts as a version reads them; open until it is closed. */
    public Tokenizer tokenizer(UUID version) {
        return tokenizer(HuggingFaceDirectory.open(address(version)));
    }

    private Path address(UUID version) {
        return artifacts.version(versions.findById(version)
                .orElseThrow(() -> Problem.notFound("version", version))
                .address());
    }

    /** The tokenizer that a training from random weights on these texts has. */
    public static BytePairVocabulary vocabulary(DecoderSizes sizes, List<TextRecord> train) {
        return BytePairTrainer.train(
                () -> train.stream().map(text -> text.prompt() + text.reply()).iterator(), sizes.vocabulary());
    }

    /** Refuses a source of which the model that lies in {@code directory} cannot read every record whole. */
    void requireFit(TrainingSource source, HuggingFaceDirectory directory) {
        try (var tokenizer = tokenizer(directory)) {
            requireFit(source, new TextEncoding(tokenizer), decoder(directory).positions());
        }
    }

    /**
     * Refuses a source of which a model of these sizes, trained from random weights, could not read every record whole.
     * With more text than a tokenizer is learned from at once the run finds out when it begins.
     */
    void requireFit(TrainingSource source, DecoderSizes sizes) {
        var data = new Data(source);
        if (data.files.bytes() > LEARNED_AT_ONCE) {
            return;
        }
        var staging = artifacts.staging();
        try {
            vocabulary(sizes, training(source, List.of()).train()).write(staging);
            try (var tokenizer = Tokenizer.load(staging.resolve("tokenizer.json"))) {
                requireFit(source, new TextEncoding(tokenizer), sizes.positions());
            }
        } finally {
            Artifacts.delete(staging);
        }
    }

    private void requireFit(TrainingSource source, TextEncoding encoding, int positions) {
        var data = new Data(source);
        requireFit(data, "data.datasetId", encoding, positions);
        if (source.testDatasetId() != null) {
            requireFit(
                    new Data(new TrainingSource(source.testDatasetId(), null, 0, 0)),
                    "data.testDatasetId",
                    encoding,
                    positions);
        }
    }

    private static void requireFit(Data data, String field, TextEncoding encoding, int positions) {
        for (int from = 0; from < data.content.records(); from += CHECKED_AT_ONCE) {
            var rows = IntStream.range(from, Math.min(from + CHECKED_AT_ONCE, data.content.records()))
                    .toArray();
            var sequences = encoding.encode(data.texts(data.files.at(rows)));
            for (int i = 0; i < rows.length; i++) {
                int tokens = sequences.get(i).tokens().length;
                if (tokens > positions) {
                    throw Problem.refused(
                            "record-too-long",
                            field,
                            "has a record, number " + rows[i] + ", of " + tokens
                                    + " tokens but the model's context holds " + positions);
                }
            }
        }
    }

    private static Tokenizer tokenizer(HuggingFaceDirectory directory) {
        return directory.tokenizer(decoder(directory).vocabulary());
    }

    private static Decoder decoder(HuggingFaceDirectory directory) {
        return Decoder.read(directory.config());
    }

    private static Set<Integer> ordinals(Collection<RecordRef> records, UUID dataset) {
        var all = new HashSet<Integer>();
        for (var record : records) {
            if (record.datasetId().equals(dataset)) {
                all.add(record.ordinal());
            }
        }
        return all;
    }

    private Content content(UUID dataset) {
        var content = datasets.findById(dataset)
                .orElseThrow(() -> Problem.notFound("dataset", dataset))
                .content();
        if (content == null || content.kind() == null) {
            throw Problem.conflict("dataset-not-ready", "data set " + dataset + " holds no text yet");
        }
        return content;
    }

    /** A data set and which of its records are held out. */
    private final class Data {

        private final TrainingSource source;
        private final Content content;
        private final TextFiles files;

        Data(TrainingSource source) {
            this.source = source;
            this.content = content(source.datasetId());
            this.files = new TextFiles(directory(source.datasetId()), content.records());
        }

        /** Records that are not held out. */
        int[] rows(IntPredicate chosen) {
            return rows(false, chosen);
        }

        private int[] rows(boolean heldOut, IntPredicate chosen) {
            var holdout = source.holdout();
            var subjects = new ExampleFiles(directory(source.datasetId()), content).subjects();
            return IntStream.range(0, content.records())
                    .filter(row -> holdout.holds(subjects[row], row) == heldOut && chosen.test(row))
                    .toArray();
        }

        List<TextRecord> train(IntPredicate chosen) {
            return texts(files.at(rows(chosen)));
        }

        List<TextRecord> test() {
            var other = source.testDatasetId();
            if (other == null) {
                return texts(files.at(rows(true, row -> true)));
            }
            var theirs = new Data(new TrainingSource(other, null, 0, 0));
            return theirs.train(row -> true);
        }

        List<TextRecord> texts(List<TextRow> rows) {
            return rows.stream().map(row -> text(row.asked(), row.told())).toList();
        }

        TextRecord text(String asked, String told) {
            return switch (java.util.Objects.requireNonNull(content.kind())) {
                case QUESTION -> TextRecord.ofQuestion(asked, told);
                case COMPLETION -> new TextRecord(asked, joined(asked, told));
                case TEXT -> TextRecord.ofText(told);
            };
        }

        private Path directory(UUID dataset) {
            return artifacts.datasets().resolve(dataset.toString());
        }
    }

    /** What follows a prompt is told apart from it by one blank, as words are, unless either brings one. */
    private static String joined(String asked, String told) {
        boolean apart =
                Character.isWhitespace(asked.charAt(asked.length() - 1)) || Character.isWhitespace(told.charAt(0));
        return apart ? told : " " + told;
    }
}
