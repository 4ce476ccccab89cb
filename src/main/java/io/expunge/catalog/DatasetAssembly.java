package io.expunge.catalog;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Puts the parts of a data set together and refuses parts that do not belong together. */
final class DatasetAssembly {

    private DatasetAssembly() {}

    /**
     * What the parts make together.
     *
     * @param directory the files of all parts
     * @param last the part that came last, which is the one to be refused
     */
    static Content assemble(Path directory, Parts parts, String last) throws IOException {
        var read = parts.read();
        if (read.containsKey("rows")) {
            var rows = part(read, "rows");
            return content(rows, rows.classes());
        }
        if (read.containsKey("records")) {
            return content(part(read, "records"), List.of());
        }
        if (read.containsKey("images")) {
            var images = part(read, "images");
            var labels = part(read, "labels");
            sameCount(labels, images.records(), "labels", last);
            sameCount(read.getOrDefault("subjects", images), images.records(), "subjects", last);
            return content(images, labels.classes());
        }
        var archive = part(read, "archive");
        if (read.containsKey("subjects")) {
            joinByPath(directory, last);
        }
        return content(archive, archive.classes());
    }

    private static Content content(Parts.Part part, List<String> classes) {
        return new Content(part.records(), 0, classes, part.shape(), part.columns(), part.kind());
    }

    private static Parts.Part part(Map<String, Parts.Part> read, String name) {
        return java.util.Objects.requireNonNull(read.get(name), name);
    }

    private static void sameCount(Parts.Part part, int images, String name, String last) {
        if (part.records() != images) {
            throw Upload.fault(last, name + " has " + part.records() + " entries but there are " + images + " images");
        }
    }

    private static void joinByPath(Path directory, String last) throws IOException {
        Map<String, byte[]> people = new HashMap<>();
        try (var lines = Files.lines(directory.resolve(PartReader.PATH_SUBJECTS))) {
            lines.forEach(line -> people.put(
                    line.substring(2 * Pseudonym.LENGTH + 1),
                    HexFormat.of().parseHex(line.substring(0, 2 * Pseudonym.LENGTH))));
        }
        int found = 0;
        try (var paths = Files.newBufferedReader(directory.resolve(PartReader.PATHS));
                var out = new BufferedOutputStream(
                        Files.newOutputStream(directory.resolve(PartReader.SUBJECTS)), 1 << 16)) {
            for (var path = paths.readLine(); path != null; path = paths.readLine()) {
                var person = people.get(path);
                found += person == null ? 0 : 1;
                out.write(person == null ? new byte[Pseudonym.LENGTH] : person);
            }
        }
        if (found < people.size()) {
            throw Upload.fault(
                    last, (people.size() - found) + " of " + people.size() + " paths are not among the images");
        }
    }
}
