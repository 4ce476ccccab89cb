package io.expunge.catalog;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Writes from when on the retention of each record counts; no file for data without dates. */
final class DateFile implements Closeable {

    private static final int DAY = "2026-01-31".length();

    private final @Nullable DataOutputStream out;

    DateFile(Path directory, boolean dated) throws IOException {
        out = dated
                ? new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(directory.resolve(PartReader.DATES)), 1 << 16))
                : null;
    }

    /** Adds the date of the next record; what a fault says never repeats it. */
    void add(String text, String where, String place) throws IOException {
        if (out == null) {
            return;
        }
        try {
            out.writeInt(
                    text.isBlank()
                            ? RecordDates.NONE
                            : Math.toIntExact(day(text.strip()).toEpochDay()));
        } catch (DateTimeException | ArithmeticException e) {
            throw Upload.fault(where, "has no date such as 2026-01-31 in " + place);
        }
    }

    /** A time belongs to the day that its own clock shows. */
    private static LocalDate day(String text) {
        return text.length() <= DAY
                ? LocalDate.parse(text)
                : OffsetDateTime.parse(text).toLocalDate();
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
