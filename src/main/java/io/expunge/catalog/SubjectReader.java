package io.expunge.catalog;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** Reads whose records they are; identifiers become pseudonyms before anything is written. */
final class SubjectReader {

    private static final int MAX_LINE = 4_096;

    private final PartReader part;

    SubjectReader(PartReader part) {
        this.part = part;
    }

    /** One identifier a line, in the order of the records; an empty line where nobody is known. */
    Parts.Part lines(InputStream in) throws IOException {
        int count = 0;
        try (var reader = reader(in);
                var out = new BufferedOutputStream(
                        Files.newOutputStream(part.into().resolve(PartReader.SUBJECTS)), 1 << 16)) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                part.checkCount(++count);
                out.write(
                        line.isBlank()
                                ? new byte[Pseudonym.LENGTH]
                                : part.people().of(checked(line, count)).bytes());
            }
        }
        return new Parts.Part(count, List.of(), List.of(), List.of());
    }

    /** A path of the archive, a comma and an identifier a line. */
    Parts.Part paths(InputStream in) throws IOException {
        int count = 0;
        try (var reader = reader(in);
                var out = Files.newBufferedWriter(part.into().resolve(PartReader.PATH_SUBJECTS))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                part.checkCount(++count);
                int comma = checked(line, count).indexOf(',');
                if (comma < 1 || line.substring(comma + 1).isBlank()) {
                    throw Upload.fault("line " + count, "is not a path, a comma and an identifier");
                }
                var person = part.people().of(line.substring(comma + 1));
                out.write(person.hex() + " " + line.substring(0, comma).strip() + "\n");
            }
        }
        return new Parts.Part(count, List.of(), List.of(), List.of());
    }

    private static String checked(String line, int number) {
        if (line.length() > MAX_LINE) {
            throw Upload.fault("line " + number, "is longer than " + MAX_LINE + " characters");
        }
        return line;
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(
                in, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)));
    }
}
