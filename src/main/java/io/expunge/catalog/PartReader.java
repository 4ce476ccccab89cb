package io.expunge.catalog;

import io.expunge.api.CsvFormat;
import io.expunge.api.DatasetFormat;
import io.expunge.api.IdxFormat;
import io.expunge.api.ImagesFormat;
import io.expunge.api.TextFormat;
import io.expunge.shared.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/**
 * Reads one part of a data set into files of fixed layout in a staging directory.
 *
 * @param into the staging directory
 * @param people makes the pseudonyms of this controller
 */
record PartReader(CatalogSettings settings, Path into, Pseudonyms.Batch people) {

    /** Values of a table, row by row, as fp32, big-endian; a category is its code. */
    static final String FEATURES = "features.f32";
    /** Pixels, image by image, channels first, one byte each. */
    static final String PIXELS = "pixels.u8";
    /** Label codes, int32, big-endian. */
    static final String LABELS = "labels.i32";
    /** Records of text as JSON, one behind the other. */
    static final String TEXTS = "texts.json";
    /** Where each record of text ends, int64, big-endian. */
    static final String TEXT_ENDS = "text-ends.i64";
    /** Pseudonyms, 16 bytes each, zeros where no person is known. */
    static final String SUBJECTS = "subjects.bin";
    /** Days since 1970 from which retention counts, int32, big-endian; {@link RecordDates#NONE} where there is no date. */
    static final String DATES = "dates.i32";
    /** Paths of an archive's images, one a line. */
    static final String PATHS = "paths.txt";
    /** Path and pseudonym a line, as uploaded for an archive. */
    static final String PATH_SUBJECTS = "path-subjects.txt";

    /** Which parts a data set of this format has, in the order in which a person would send them. */
    static List<String> partsOf(DatasetFormat format) {
        return switch (format) {
            case CsvFormat ignored -> List.of("rows");
            case IdxFormat idx -> withSubjects(List.of("images", "labels"), idx.getSubjects());
            case ImagesFormat images -> withSubjects(List.of("archive"), images.getSubjects());
            case TextFormat ignored -> List.of("records");
            default -> throw Problem.invalid("format.name", "is not known here");
        };
    }

    private static List<String> withSubjects(List<String> parts, Boolean subjects) {
        var all = new ArrayList<>(parts);
        if (subjects) {
            all.add("subjects");
        }
        return List.copyOf(all);
    }

    /** Reads {@code body} to its end; refuses it, naming the line, entry or part, where it is not what it should be. */
    Parts.Part read(DatasetFormat format, String part, InputStream body) {
        var sent = Upload.limited(body, settings.maxUpload());
        try {
            return switch (format) {
                case CsvFormat csv -> new TableReader(csv, this).read(Upload.unzipped(sent, part, settings));
                case IdxFormat ignored
                when part.equals("subjects") -> new SubjectReader(this).lines(Upload.unzipped(sent, part, settings));
                case IdxFormat ignored -> new IdxReader(part, this).read(Upload.unzipped(sent, part, settings));
                case ImagesFormat ignored
                when part.equals("subjects") -> new SubjectReader(this).paths(Upload.unzipped(sent, part, settings));
                case ImagesFormat images -> new ImageArchiveReader(images, this).read(sent);
                case TextFormat text -> new TextReader(text, this).read(Upload.unzipped(sent, part, settings));
                default -> throw Problem.invalid("format.name", "is not known here");
            };
        } catch (EOFException e) {
            throw Upload.fault(part, "ends before its end: the upload is truncated");
        } catch (CharacterCodingException e) {
            throw Upload.fault(part, "is not UTF-8 text");
        } catch (ZipException e) {
            throw Upload.fault(part, "is a damaged archive");
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }

    void checkCount(long records) {
        if (records > settings.maxRecords()) {
            throw new Problem(
                    Problem.Kind.TOO_LARGE,
                    "too-many-records",
                    "a data set may have at most " + settings.maxRecords() + " records");
        }
    }
}
