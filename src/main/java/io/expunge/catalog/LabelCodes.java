package io.expunge.catalog;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives label names codes in order of appearance while a part is read, and in their natural order at its end. */
final class LabelCodes implements AutoCloseable {

    private static final int MAX_CLASSES = 10_000;

    private final Path file;
    private final Path draft;
    private final DataOutputStream out;
    private final Map<String, Integer> codes = new HashMap<>();
    private int count;

    LabelCodes(Path directory) throws IOException {
        this.file = directory.resolve(PartReader.LABELS);
        this.draft = directory.resolve("labels.draft");
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16));
    }

    void add(String name, String where) throws IOException {
        Integer code = codes.get(name);
        if (code == null) {
            code = codes.size();
            codes.put(name, code);
            if (code == MAX_CLASSES) {
                throw Upload.fault(where, "brings more than " + MAX_CLASSES + " different labels");
            }
        }
        out.writeInt(code);
        count++;
    }

    /** Writes the labels' file; the names in the order of the final codes. */
    List<String> finish() throws IOException {
        out.close();
        var names = new ArrayList<>(codes.keySet());
        names.sort(
                names.stream().allMatch(LabelCodes::number)
                        ? Comparator.comparingInt(Integer::parseInt)
                        : Comparator.naturalOrder());
        var order = new int[names.size()];
        for (int code = 0; code < order.length; code++) {
            order[codes.getOrDefault(names.get(code), 0)] = code;
        }
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(draft), 1 << 16));
                var last = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
            for (int i = 0; i < count; i++) {
                last.writeInt(order[in.readInt()]);
            }
        }
        Files.delete(draft);
        return names;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private static boolean number(String name) {
        return name.matches("-?\\d{1,9}");
    }
}
