package io.expunge.catalog;

import io.expunge.engine.Examples;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.shared.Problem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The examples that a version learns from, forgets and is tested on. */
@Component
public class TrainingSets {

    private final DatasetRepository datasets;
    private final VersionRepository versions;
    private final ForgottenRecords forgotten;
    private final Artifacts artifacts;

    TrainingSets(
            DatasetRepository datasets, VersionRepository versions, ForgottenRecords forgotten, Artifacts artifacts) {
        this.datasets = datasets;
        this.versions = versions;
        this.forgotten = forgotten;
        this.artifacts = artifacts;
    }

    /**
     * Examples to learn from and to be tested on.
     *
     * @param forgotten records that are left out of training because somebody asked for it or a published version of some model has forgotten them
     */
    public record Split(Examples train, Examples test, List<String> classes, Set<RecordRef> forgotten) {}

    /** What an edit works with: examples to forget, to keep, and that the version never learned from. */
    public record Sets(Examples forget, Examples retain, Examples test) {}

    /**
     * Everything that a training on {@code source} learns from and is tested on. Whoever was forgotten once is learned by
     * no later training.
     *
     * @param erased records that somebody asked to have forgotten
     */
    @Transactional(readOnly = true)
    public Split training(TrainingSource source, Collection<RecordRef> erased) {
        var loaded = load(source);
        var known = forgotten.ofDataset(source.datasetId());
        known.addAll(erased);
        var gone = ordinals(known, source.datasetId());
        return new Split(
                loaded.train(row -> !loaded.heldOut[row] && !gone.contains(row)),
                loaded.test(),
                loaded.content.classes(),
                known);
    }

    /** What {@code version} learned from, without what it forgot, divided by {@code forget}. */
    @Transactional(readOnly = true)
    public Sets split(UUID version, Collection<RecordRef> forget) {
        var source = source(version);
        var loaded = load(source);
        var gone = ordinals(forgotten.of(version), source.datasetId());
        var wanted = ordinals(forget, source.datasetId());
        return new Sets(
                loaded.train(row -> !loaded.heldOut[row] && wanted.contains(row) && !gone.contains(row)),
                loaded.train(row -> !loaded.heldOut[row] && !wanted.contains(row) && !gone.contains(row)),
                loaded.test());
    }

    /**
     * What a version learned from and what it is tested on.
     *
     * @param ordinals places in the data set of the records that it learned from, ascending
     * @param train these records, in that order
     * @param digest SHA-256 over all that decides the others
     */
    public record Learned(int[] ordinals, Examples train, Examples test, byte[] digest) {}

    /** What {@code version} learned from, without what it forgot, in the order of its records. */
    @Transactional(readOnly = true)
    public Learned learned(UUID version) {
        var source = source(version);
        var loaded = load(source);
        var ordinals = learned(version, source, loaded.heldOut);
        var digest = Artifacts.sha256();
        digest.update(digest(source.datasetId()));
        if (source.testDatasetId() != null) {
            digest.update(digest(source.testDatasetId()));
        }
        var places = ByteBuffer.allocate(loaded.heldOut.length + Integer.BYTES * ordinals.length);
        for (var out : loaded.heldOut) {
            places.put((byte) (out ? 1 : 0));
        }
        places.asIntBuffer().put(ordinals);
        digest.update(places.array());
        return new Learned(ordinals, loaded.all.subset(ordinals), loaded.test(), digest.digest());
    }

    /** Places in the data set of the records that {@code version} learned from and has not forgotten, ascending. */
    @Transactional(readOnly = true)
    public int[] ordinals(UUID version) {
        var source = source(version);
        var content = content(source.datasetId());
        return learned(
                version, source, heldOut(source, new ExampleFiles(directory(source.datasetId()), content), content));
    }

    /** About how many records a training on {@code source} is given: whole people are held out, so a share is not exact. */
    @Transactional(readOnly = true)
    public long learnedAbout(TrainingSource source) {
        return Math.round(content(source.datasetId()).records() * (1 - source.testFraction()));
    }

    /** At most how many records {@code version} learned from or is tested on. */
    @Transactional(readOnly = true)
    public long recordsAtMost(UUID version) {
        var source = source(version);
        var other = source.testDatasetId();
        return (long) content(source.datasetId()).records()
                + (other == null ? 0 : content(other).records());
    }

    private int[] learned(UUID version, TrainingSource source, boolean[] heldOut) {
        var gone = ordinals(forgotten.of(version), source.datasetId());
        return IntStream.range(0, heldOut.length)
                .filter(row -> !heldOut[row] && !gone.contains(row))
                .toArray();
    }

    private TrainingSource source(UUID version) {
        return versions.findById(version)
                .orElseThrow(() -> Problem.notFound("version", version))
                .trained()
                .source();
    }

    private byte[] digest(UUID dataset) {
        return Objects.requireNonNull(datasets.findById(dataset).orElseThrow().digest());
    }

    private static Set<Integer> ordinals(Collection<RecordRef> records, UUID dataset) {
        return records.stream()
                .filter(record -> record.datasetId().equals(dataset))
                .map(RecordRef::ordinal)
                .collect(Collectors.toSet());
    }

    /**
     * All images of a data set but for those of people who were forgotten or asked to be.
     *
     * @param controller whose data set it must be
     * @param erased records that somebody asked to have forgotten
     * @throws Problem if there is no such data set of images
     */
    @Transactional(readOnly = true)
    public Examples images(UUID controller, UUID dataset, Collection<RecordRef> erased) {
        requireImages(controller, dataset, "datasetId");
        var known = forgotten.ofDataset(dataset);
        known.addAll(erased);
        var gone = ordinals(known, dataset);
        return load(new TrainingSource(dataset, null, 0, 0)).train(row -> !gone.contains(row));
    }

    /**
     * Passes where a controller has a data set of images.
     *
     * @param field that names it
     * @throws Problem if it has none
     */
    @Transactional(readOnly = true)
    public void requireImages(UUID controller, UUID dataset, String field) {
        var found = datasets.findById(dataset)
                .filter(one -> one.controllerId().equals(controller))
                .orElseThrow(() -> Problem.refused("no-such-dataset", field, "names no data set"));
        var content = found.content();
        if (content == null || content.kind() != null || content.table()) {
            throw Problem.refused("no-images", field, "names a data set that holds no images");
        }
    }

    /** Names of the classes of a training, in their order. */
    List<String> classes(TrainingSource source) {
        return content(source.datasetId()).classes();
    }

    /** What a consumer needs beside the weights: the architecture, the classes and how a row becomes an input. */
    Map<String, Object> config(NetworkArchitecture architecture, TrainingSource source) {
        var config = new LinkedHashMap<String, Object>();
        var content = content(source.datasetId());
        config.put("architecture", architecture);
        config.put("classes", content.classes());
        if (content.table()) {
            config.put("encoding", load(source).encoding());
        } else {
            config.put("pixelScale", 1.0 / 255);
        }
        return config;
    }

    /** Refuses a test data set whose columns or classes the training data set does not know. */
    void requireSameForm(UUID dataset, UUID testDataset) {
        var content = content(dataset);
        var test = content(testDataset);
        if (!content.classes().containsAll(test.classes())) {
            throw Problem.refused(
                    "dataset-does-not-fit", "data.testDatasetId", "has classes that the training data lacks");
        }
        var names = content.columns().stream().map(Content.TableColumn::name).toList();
        if (!names.equals(test.columns().stream().map(Content.TableColumn::name).toList())) {
            throw Problem.refused(
                    "dataset-does-not-fit", "data.testDatasetId", "has other columns than the training data");
        }
    }

    private Content content(UUID dataset) {
        var content = datasets.findById(dataset)
                .orElseThrow(() -> Problem.notFound("dataset", dataset))
                .content();
        if (content == null) {
            throw Problem.conflict("dataset-not-ready", "data set " + dataset + " awaits parts");
        }
        return content;
    }

    private Loaded load(TrainingSource source) {
        var content = content(source.datasetId());
        var files = new ExampleFiles(directory(source.datasetId()), content);
        return new Loaded(source, content, files, heldOut(source, files, content));
    }

    private static boolean[] heldOut(TrainingSource source, ExampleFiles files, Content content) {
        var holdout = source.holdout();
        var subjects = files.subjects();
        var heldOut = new boolean[content.records()];
        for (int row = 0; row < heldOut.length; row++) {
            heldOut[row] = holdout.holds(subjects[row], row);
        }
        return heldOut;
    }

    private java.nio.file.Path directory(UUID dataset) {
        return artifacts.datasets().resolve(dataset.toString());
    }

    private final class Loaded {

        private final TrainingSource source;
        private final Content content;
        private final ExampleFiles files;
        private final boolean[] heldOut;
        private final Examples all;
        private final List<TableEncoding> encoding = new ArrayList<>(1);

        Loaded(TrainingSource source, Content content, ExampleFiles files, boolean[] heldOut) {
            this.source = source;
            this.content = content;
            this.files = files;
            this.heldOut = heldOut;
            this.all = examples(content, files, files.labels());
        }

        Examples train(IntPredicate chosen) {
            return all.subset(IntStream.range(0, heldOut.length).filter(chosen).toArray());
        }

        Examples test() {
            var other = source.testDatasetId();
            if (other == null) {
                return train(row -> heldOut[row]);
            }
            var theirs = content(other);
            var theirFiles = new ExampleFiles(directory(other), theirs);
            Map<String, Integer> codes = new HashMap<>();
            content.classes().forEach(name -> codes.put(name, codes.size()));
            var labels = theirFiles.labels();
            for (int i = 0; i < labels.length; i++) {
                labels[i] = codes.getOrDefault(theirs.classes().get(labels[i]), -1);
            }
            return examples(theirs, theirFiles, labels);
        }

        TableEncoding encoding() {
            if (encoding.isEmpty()) {
                var training = new boolean[heldOut.length];
                for (int row = 0; row < training.length; row++) {
                    training[row] = !heldOut[row];
                }
                encoding.add(TableEncoding.fit(content.columns(), files.features(), training));
            }
            return encoding.getFirst();
        }

        private Examples examples(Content what, ExampleFiles from, int[] labels) {
            return what.table()
                    ? Examples.ofFloats(
                            encoding().encode(from.features(), what.columns()),
                            labels,
                            encoding().width())
                    : Examples.ofBytes(
                            from.pixels(),
                            labels,
                            what.shape().stream().mapToLong(Long::longValue).toArray());
        }
    }
}
