package io.expunge;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Identifiers that occur nowhere else, and where they are found: as they are, in other encodings, or as a hash without a
 * key, which whoever guesses an identifier can test.
 */
final class Marks {

    private static final int FEW_BYTES = 9;

    private final String core;
    private final Map<String, byte[]> patterns = new TreeMap<>();
    private Pattern[][] finder;
    private int count;

    Marks() {
        var random = new byte[FEW_BYTES];
        new SecureRandom().nextBytes(random);
        core = "q7zk" + HexFormat.of().formatHex(random) + "x9";
        var bytes = core.getBytes(UTF_8);
        pattern("plain", bytes);
        pattern("upper case", core.toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8));
        pattern("UTF-16LE", core.getBytes(UTF_16LE));
        pattern("UTF-16BE", core.getBytes(UTF_16BE));
        pattern("backwards", new StringBuilder(core).reverse().toString().getBytes(UTF_8));
        pattern("hex", HexFormat.of().formatHex(bytes));
        pattern("HEX", HexFormat.of().withUpperCase().formatHex(bytes));
        for (int before = 0; before < 3; before++) {
            // whatever stands before and behind changes the first and the last digits
            var shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            var digits = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            pattern("base64 shifted by " + before, digits.substring(before == 0 ? 0 : 4, digits.length() - 2));
        }
    }

    /** One more marked identifier. */
    String next() {
        var identity = core + "-" + count++ + "@example.org";
        for (var algorithm : List.of("MD5", "SHA-1", "SHA-256", "SHA-512")) {
            var hash = hash(algorithm, identity);
            pattern(algorithm + " " + count, hash);
            pattern(algorithm + " in hex " + count, HexFormat.of().formatHex(hash));
            pattern(algorithm + " in base64 " + count, Base64.getEncoder().encodeToString(hash));
        }
        return identity;
    }

    private synchronized void pattern(String name, byte[] bytes) {
        patterns.put(name, bytes);
        finder = null;
    }

    private void pattern(String name, String text) {
        pattern(name, text.getBytes(UTF_8));
    }

    private static byte[] hash(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In which forms marks are found. */
    Set<String> in(byte[] bytes) {
        var found = new TreeSet<String>();
        var finder = finder();
        for (int i = 0; i + 1 < bytes.length; i++) {
            var candidates = finder[start(bytes, i)];
            if (candidates == null) {
                continue;
            }
            for (var candidate : candidates) {
                int end = i + candidate.bytes().length;
                if (end <= bytes.length
                        && Arrays.equals(bytes, i, end, candidate.bytes(), 0, candidate.bytes().length)) {
                    found.add(candidate.name());
                }
            }
        }
        return found;
    }

    private record Pattern(String name, byte[] bytes) {}

    /** Patterns by their first two bytes: files are searched for hundreds of them at once. */
    private synchronized Pattern[][] finder() {
        if (finder == null) {
            Map<Integer, List<Pattern>> alike = new TreeMap<>();
            patterns.forEach((name, bytes) -> alike.computeIfAbsent(start(bytes, 0), start -> new ArrayList<>())
                    .add(new Pattern(name, bytes)));
            finder = new Pattern[1 << 16][];
            alike.forEach((start, all) -> finder[start] = all.toArray(Pattern[]::new));
        }
        return finder;
    }

    private static int start(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    /** Every file below a directory that holds a mark, by its path from there. */
    Set<String> inFiles(Path directory) throws IOException {
        List<Path> files;
        try (var all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        var found = new LinkedHashSet<String>();
        for (var file : files) {
            try {
                in(Files.readAllBytes(file)).forEach(form -> found.add(directory.relativize(file) + " (" + form + ")"));
            } catch (NoSuchFileException e) {
                // gone since the list was made
            }
        }
        return found;
    }

    /** Every column of every table of every schema that holds a mark. */
    Set<String> inDatabase(Connection database) throws SQLException {
        var found = new LinkedHashSet<String>();
        for (var column : columns(database)) {
            try (var statement = database.createStatement();
                    var rows = statement.executeQuery("select " + column.name() + " from " + column.table())) {
                while (rows.next()) {
                    var value = rows.getBytes(1);
                    var text = rows.getString(1);
                    if (value != null && text != null) {
                        var forms = new TreeSet<>(in(value));
                        forms.addAll(in(text.getBytes(UTF_8)));
                        forms.forEach(form -> found.add(column + " (" + form + ")"));
                    }
                }
            }
        }
        return found;
    }

    private record Column(String table, String name) {

        @Override
        public String toString() {
            return table + "." + name;
        }
    }

    private static List<Column> columns(Connection database) throws SQLException {
        var all = new ArrayList<Column>();
        try (var statement = database.createStatement();
                var rows = statement.executeQuery("""
                        select quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), quote_ident(c.column_name)
                        from information_schema.columns c
                        join information_schema.tables t using (table_schema, table_name)
                        where t.table_type = 'BASE TABLE'
                          and c.table_schema not in ('pg_catalog', 'information_schema')
                        order by 1, 2
                        """)) {
            while (rows.next()) {
                all.add(new Column(rows.getString(1), rows.getString(2)));
            }
        }
        return all;
    }
}
