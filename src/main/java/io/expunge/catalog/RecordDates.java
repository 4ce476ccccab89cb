package io.expunge.catalog;

import io.expunge.shared.Problem;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** From when on the retention of records counts. */
@Component
public class RecordDates {

    /** Stands for no date. */
    static final int NONE = Integer.MIN_VALUE;

    private final DatasetRepository datasets;
    private final Artifacts artifacts;

    RecordDates(DatasetRepository datasets, Artifacts artifacts) {
        this.datasets = datasets;
        this.artifacts = artifacts;
    }

    /**
     * Passes if the data set is the controller's, complete, and has dates.
     *
     * @throws Problem naming {@code field}
     */
    @Transactional(readOnly = true)
    public void requireDated(UUID controller, UUID dataset, String field) {
        var found = datasets.findByIdAndControllerId(dataset, controller)
                .orElseThrow(() -> Problem.refused("dataset-not-found", field, "names no data set"));
        var content = found.content();
        if (content == null) {
            throw Problem.refused("dataset-not-ready", field, "names a data set whose parts are not all there");
        }
        if (!Files.exists(files(dataset, content).directory().resolve(PartReader.DATES))) {
            throw Problem.refused("dataset-without-dates", field, "names a data set that was declared without a date");
        }
    }

    /**
     * Records whose date is not after {@code last}.
     *
     * @param after only those with a later date than this; all if null
     * @return their places, in order; none for a data set without dates
     */
    @Transactional(readOnly = true)
    public int[] until(UUID dataset, @Nullable LocalDate after, LocalDate last) {
        var content = datasets.findById(dataset).map(DatasetEntity::content).orElse(null);
        if (content == null) {
            return new int[0];
        }
        var dates = files(dataset, content).dates();
        long from = after == null ? NONE : after.toEpochDay();
        long to = last.toEpochDay();
        return IntStream.range(0, dates.length)
                .filter(i -> dates[i] > from && dates[i] <= to)
                .toArray();
    }

    private ExampleFiles files(UUID dataset, Content content) {
        return new ExampleFiles(artifacts.datasets().resolve(dataset.toString()), content);
    }
}
