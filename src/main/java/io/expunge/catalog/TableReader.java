package io.expunge.catalog;

import io.expunge.api.Column;
import io.expunge.api.CsvFormat;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads a table, row by row, and remembers none of them. */
final class TableReader {

    private static final int MAX_CATEGORIES = 2_000;
    private static final Pattern JAVA_ONLY = Pattern.compile("[fFdD]$|[xX]");

    private final CsvFormat format;
    private final PartReader part;
    private final List<Column> columns;
    private final List<Map<String, Integer>> categories = new ArrayList<>();
    private int records;

    TableReader(CsvFormat format, PartReader part) {
        this.format = format;
        this.part = part;
        this.columns = format.getColumns();
        columns.forEach(column -> categories.add(new LinkedHashMap<>()));
    }

    Parts.Part read(InputStream in) throws IOException {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var text = new RowLimit(new BufferedReader(new InputStreamReader(in, decoder), 1 << 16));
        try (var features = output(PartReader.FEATURES);
                var people = output(PartReader.SUBJECTS);
                var labels = new LabelCodes(part.into());
                var dates = new DateFile(part.into(), dated());
                var parser =
                        CSVParser.builder().setReader(text).setFormat(csv()).get()) {
            rows(parser, text, features, people, labels, dates);
            if (records == 0) {
                throw Upload.fault("rows", "holds no row");
            }
            features.flush();
            people.flush();
            return new Parts.Part(records, List.of((long) width()), labels.finish(), features());
        }
    }

    private void rows(
            CSVParser parser,
            RowLimit text,
            DataOutputStream features,
            DataOutputStream people,
            LabelCodes labels,
            DateFile dates)
            throws IOException {
        try {
            boolean header = format.getHeader();
            for (var row : parser) {
                text.rowEnded(parser.getCurrentLineNumber());
                var where = "line " + parser.getCurrentLineNumber();
                if (row.size() != columns.size()) {
                    throw Upload.fault(
                            where, "has " + row.size() + " fields but " + columns.size() + " columns are declared");
                }
                if (header) {
                    checkHeader(row, where);
                    header = false;
                } else {
                    row(row, where, features, people, labels, dates);
                    part.checkCount(++records);
                }
            }
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CSVException) {
                throw Upload.fault("line " + parser.getCurrentLineNumber(), "has quotes that do not pair");
            }
            throw e.getCause();
        }
    }

    private void checkHeader(CSVRecord row, String where) {
        for (int i = 0; i < columns.size(); i++) {
            if (!row.get(i).equals(columns.get(i).getName())) {
                throw Upload.fault(
                        where,
                        "names column " + (i + 1) + " otherwise than the declared "
                                + columns.get(i).getName());
            }
        }
    }

    private void row(
            CSVRecord row,
            String where,
            DataOutputStream features,
            OutputStream people,
            LabelCodes labels,
            DateFile dates)
            throws IOException {
        var person = new byte[Pseudonym.LENGTH];
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            var value = row.get(i);
            switch (column.getKind()) {
                case NUMERIC -> features.writeFloat(number(value, column, where));
                case CATEGORICAL -> features.writeFloat(category(value, i, where));
                case LABEL -> {
                    if (value.isEmpty()) {
                        throw Upload.fault(where, "has an empty label in column " + column.getName());
                    }
                    labels.add(value, where);
                }
                case SUBJECT -> {
                    if (!value.isBlank()) {
                        person = part.people().of(value).bytes();
                    }
                }
                case DATE -> dates.add(value, where, "column " + column.getName());
                case IGNORED -> {}
            }
        }
        people.write(person);
    }

    private boolean dated() {
        return columns.stream().anyMatch(column -> column.getKind() == Column.KindEnum.DATE);
    }

    private float category(String value, int column, String where) {
        var known = categories.get(column);
        Integer code = known.putIfAbsent(value, known.size());
        if (known.size() > MAX_CATEGORIES) {
            throw Upload.fault(
                    where,
                    "brings more than " + MAX_CATEGORIES + " categories into column "
                            + columns.get(column).getName());
        }
        return code == null ? known.size() - 1 : code;
    }

    private static float number(String value, Column column, String where) {
        float number;
        try {
            // Java reads 1f and 0x1p3 as numbers; a table that holds such holds something else
            if (JAVA_ONLY.matcher(value).find()) {
                throw new NumberFormatException();
            }
            number = Float.parseFloat(value);
        } catch (NumberFormatException e) {
            throw Upload.fault(where, "has no number in the numeric column " + column.getName());
        }
        if (!Float.isFinite(number)) {
            throw Upload.fault(where, "has no finite number in the numeric column " + column.getName());
        }
        return number;
    }

    private List<Content.TableColumn> features() {
        var all = new ArrayList<Content.TableColumn>();
        for (int i = 0; i < columns.size(); i++) {
            switch (columns.get(i).getKind()) {
                case NUMERIC -> all.add(new Content.TableColumn(columns.get(i).getName(), List.of()));
                case CATEGORICAL ->
                    all.add(new Content.TableColumn(
                            columns.get(i).getName(),
                            List.copyOf(categories.get(i).keySet())));
                default -> {}
            }
        }
        return all;
    }

    private int width() {
        return features().stream().mapToInt(Content.TableColumn::width).sum();
    }

    private CSVFormat csv() {
        var builder = CSVFormat.RFC4180
                .builder()
                .setDelimiter(format.getDelimiter())
                .setIgnoreEmptyLines(true)
                .setIgnoreSurroundingSpaces(true);
        Stream.ofNullable(format.getComment())
                .filter(comment -> !comment.isEmpty())
                .forEach(comment -> builder.setCommentMarker(comment.charAt(0)));
        return builder.get();
    }

    private DataOutputStream output(String name) throws IOException {
        return new DataOutputStream(
                new BufferedOutputStream(Files.newOutputStream(part.into().resolve(name)), 1 << 16));
    }
}
