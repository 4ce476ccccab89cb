package io.expunge.catalog;

import io.expunge.api.TextKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a complete data set holds.
 *
 * @param records how many examples
 * @param subjects how many distinct people; 0 where none are known
 * @param classes names of the labels, in the order of their codes
 * @param shape of one example as a network sees it
 * @param columns features of a table in their order; empty for images and text
 * @param kind of text; null for tables and images
 */
record Content(
        int records,
        long subjects,
        List<String> classes,
        List<Long> shape,
        List<TableColumn> columns,
        @Nullable TextKind kind) {

    /**
     * One feature of a table.
     *
     * @param categories of a categorical column, in order of their codes; empty for a numeric one
     */
    record TableColumn(String name, List<String> categories) {

        boolean numeric() {
            return categories.isEmpty();
        }

        /** How many inputs of a network it takes. */
        int width() {
            return numeric() ? 1 : categories.size();
        }
    }

    boolean table() {
        return !columns.isEmpty();
    }
}
