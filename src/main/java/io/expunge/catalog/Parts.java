package io.expunge.catalog;

import io.expunge.api.TextKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parts of a data set that have been read without fault, by name. */
record Parts(Map<String, Part> read) {

    Parts() {
        this(Map.of());
    }

    /**
     * What one part brought.
     *
     * @param records how many records it speaks of
     * @param shape of one example, empty where the part holds none
     * @param classes names of the labels in the order of their codes, empty where the part holds no labels
     * @param columns of a table, empty for images and text
     * @param kind of text; null for tables and images
     */
    record Part(
            int records,
            List<Long> shape,
            List<String> classes,
            List<Content.TableColumn> columns,
            @Nullable TextKind kind) {

        Part(int records, List<Long> shape, List<String> classes, List<Content.TableColumn> columns) {
            this(records, shape, classes, columns, null);
        }
    }

    Parts with(String name, Part part) {
        var more = new TreeMap<>(read);
        more.put(name, part);
        return new Parts(more);
    }
}
