package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whatever is wrong with an upload, the sender hears where, and the service is as it was. */
class BadUploadIT extends HttpTest {

    private static final Map<String, Object> TABLE = Map.of(
            "name",
            "csv",
            "columns",
            List.of(
                    Map.of("name", "person", "kind", "subject"),
                    Map.of("name", "age", "kind", "numeric"),
                    Map.of("name", "town", "kind", "categorical"),
                    Map.of("name", "label", "kind", "label")));
    private static final Map<String, Object> DATED = Map.of(
            "name",
            "csv",
            "columns",
            List.of(
                    Map.of("name", "since", "kind", "date"),
                    Map.of("name", "age", "kind", "numeric"),
                    Map.of("name", "label", "kind", "label")));
    private static final Map<String, Object> DATED_TEXT = Map.of("name", "text", "date", "since");
    private static final Map<String, Object> IMAGES = Map.of("name", "images");
    private static final Map<String, Object> IDX = Map.of("name", "idx");
    private static final Map<String, Object> TEXT = Map.of("name", "text", "subject", "person");
    private static final String FIRST = "{\"question\":\"Who?\",\"answer\":\"I.\",\"person\":\"ann\"}\n";
    private static final String HEADER = "person,age,town,label\n";

    @Autowired
    private JdbcClient database;

    @LocalServerPort
    private int port;

    /**
     * An upload that must be refused.
     *
     * @param where what the answer must name
     */
    record Bad(String what, Map<String, Object> format, String part, byte[] content, String where) {

        @Override
        public String toString() {
            return what;
        }
    }

    private static byte[] dated(String date) {
        return ("since,age,label\n" + date + ",1,yes\n").getBytes(UTF_8);
    }

    static Stream<Bad> uploads() throws Exception {
        var png = png();
        var tar = tar("cat/a.png", png, TarArchiveEntry.LF_NORMAL);
        var zip = zip("cat/a.png", png);
        var table = (HEADER + "ann,31,Rome,yes\nbob,40,Oslo,no\n").getBytes(UTF_8);
        return Stream.of(
                rows("nothing at all", "\n", "rows"),
                rows("a header and no row", HEADER, "rows"),
                rows("another header", "person,age,label,town\nann,31,Rome,yes\n", "line 1"),
                rows("a ragged row far down", HEADER + "ann,31,Rome,yes\n".repeat(4_000) + "ann,31,yes\n", "line 4002"),
                rows("a ragged last row without line break", HEADER + "ann,31,Rome,yes\nann,31", "line 3"),
                rows("a number with a suffix", HEADER + "ann,31f,Rome,yes\n", "line 2"),
                rows("a number in hexadecimal", HEADER + "ann,0x1p3,Rome,yes\n", "line 2"),
                rows("a number too large", HEADER + "ann,1e39,Rome,yes\n", "line 2"),
                rows("an infinity", HEADER + "ann,-Infinity,Rome,yes\n", "line 2"),
                rows("an empty number", HEADER + "ann,,Rome,yes\n", "line 2"),
                rows("a blank label", HEADER + "ann,31,Rome,   \n", "line 2"),
                rows("quotes that do not pair", HEADER + "ann,31,\"Rome,yes\n", "line"),
                rows("text after a quote", HEADER + "ann,31,\"Rome\"x,yes\n", "line 2"),
                rows("a quote that swallows the file", HEADER + "ann,31,\"" + "Rome,yes\n".repeat(300_000), "line"),
                new Bad(
                        "bytes that are not UTF-8",
                        TABLE,
                        "rows",
                        bytes(HEADER, new byte[] {(byte) 0xc3, 0x28}),
                        "rows"),
                new Bad("a day that never was", DATED, "rows", dated("2026-02-30"), "line 2"),
                new Bad("a date of another country", DATED, "rows", dated("31.01.2026"), "line 2"),
                new Bad("a time without a zone", DATED, "rows", dated("2026-01-31T12:00:00"), "line 2"),
                new Bad("a year too far", DATED, "rows", dated("+999999999-01-01"), "line 2"),
                new Bad("a text without its date", DATED_TEXT, "records", "{\"text\":\"a\"}".getBytes(UTF_8), "line 1"),
                new Bad(
                        "a number for a date",
                        DATED_TEXT,
                        "records",
                        "{\"text\":\"a\",\"since\":20260131}".getBytes(UTF_8),
                        "line 1"),
                new Bad("half a gzip file", TABLE, "rows", half(gzip(table)), "rows"),
                new Bad("a damaged gzip file", TABLE, "rows", damaged(gzip(table)), "rows"),
                new Bad("a gzip bomb", TABLE, "rows", gzip(new byte[30_000_000]), "line 1"),
                new Bad("a part that the format does not have", TABLE, "images", table, "part"),
                new Bad("labels for images", IDX, "images", HexFormat.of().parseHex("000008010000000100"), "images"),
                new Bad(
                        "a negative count",
                        IDX,
                        "images",
                        HexFormat.of().parseHex("00000803ffffffff0000000800000008"),
                        "images"),
                new Bad(
                        "an impossible side",
                        IDX,
                        "images",
                        HexFormat.of().parseHex("0000080300000001ffffffff00000008"),
                        "images"),
                new Bad("a header cut short", IDX, "images", HexFormat.of().parseHex("0000080300000001"), "images"),
                new Bad("floats", IDX, "images", HexFormat.of().parseHex("00000d030000000100000008"), "images"),
                new Bad("half a tar", IMAGES, "archive", Arrays.copyOf(tar, 600), "archive"),
                new Bad("a tar cut in a header", IMAGES, "archive", Arrays.copyOf(tar, 300), "archive"),
                new Bad("half a zip", IMAGES, "archive", half(zip), "archive"),
                new Bad("a damaged zip", IMAGES, "archive", damaged(zip), "entry 1"),
                new Bad("half a tar.gz", IMAGES, "archive", half(gzip(tar)), "archive"),
                new Bad(
                        "a tar.gz bomb",
                        IMAGES,
                        "archive",
                        gzip(tar("cat/a.png", new byte[30_000_000], TarArchiveEntry.LF_NORMAL)),
                        "archive"),
                new Bad("an empty zip", IMAGES, "archive", zipOfNothing(), "archive"),
                new Bad(
                        "a tar that leads out",
                        IMAGES,
                        "archive",
                        tar("cat/../../a.png", png, TarArchiveEntry.LF_NORMAL),
                        "entry 1"),
                new Bad(
                        "a tar with an absolute path",
                        IMAGES,
                        "archive",
                        tar("/cat/a.png", png, TarArchiveEntry.LF_NORMAL),
                        "entry 1"),
                new Bad(
                        "a tar with a symbolic link",
                        IMAGES,
                        "archive",
                        tar("cat/a.png", new byte[0], TarArchiveEntry.LF_SYMLINK),
                        "entry 1"),
                new Bad(
                        "a tar with a hard link",
                        IMAGES,
                        "archive",
                        tar("cat/a.png", new byte[0], TarArchiveEntry.LF_LINK),
                        "entry 1"),
                new Bad(
                        "a tar with a device",
                        IMAGES,
                        "archive",
                        tar("cat/a.png", new byte[0], TarArchiveEntry.LF_CHR),
                        "entry 1"),
                new Bad("a zip with an absolute path", IMAGES, "archive", zip("/etc/cat/a.png", png), "entry 1"),
                new Bad("a zip with a backslash path", IMAGES, "archive", zip("..\\cat\\a.png", png), "entry 1"),
                new Bad("a zip with a symbolic link", IMAGES, "archive", zipLink(), "entry 1"),
                new Bad("a zip of folders only", IMAGES, "archive", zipOfFolders(), "archive"),
                new Bad("an image outside a class folder", IMAGES, "archive", zip("a.png", png), "entry 1"),
                new Bad("a file that is no image", IMAGES, "archive", zip("cat/a.exe", png), "entry 1"),
                new Bad("half an image", IMAGES, "archive", zip("cat/a.png", Arrays.copyOf(png, 40)), "entry 1"),
                new Bad("a path that no text may hold", IMAGES, "archive", zip("c\0t/a.png", png), "entry 1"),
                records("no record", "\n \n", "records"),
                records("half an object", FIRST + "{\"question\":\"Wh", "line 2"),
                records("two objects on a line", FIRST.strip() + FIRST, "line 1"),
                records("a list", FIRST + "[1]\n", "line 2"),
                records("a field twice", "{\"text\":\"a\",\"text\":\"b\",\"person\":\"ann\"}\n", "line 1"),
                records("a line after a blank one", FIRST + "\n{}\n", "line 3"),
                records("no answer", FIRST + "{\"question\":\"Who?\",\"person\":\"ann\"}\n", "line 2"),
                records("an empty answer", FIRST + question("\" \""), "line 2"),
                records("an answer that is no text", FIRST + question("7"), "line 2"),
                records("half of a surrogate pair", FIRST + question("\"\\ud800\""), "line 2"),
                records("no text at all", "{\"person\":\"ann\"}\n", "line 1"),
                records("two kinds in one", "{\"question\":\"a\",\"answer\":\"b\",\"text\":\"c\"}\n", "line 1"),
                records("two kinds one after another", FIRST + "{\"text\":\"a\",\"person\":\"ann\"}\n", "line 2"),
                records(
                        "nobody where somebody is declared",
                        FIRST + "{\"question\":\"a\",\"answer\":\"b\"}\n",
                        "line 2"),
                records("an empty subject", FIRST + FIRST.replace("ann", " "), "line 2"),
                records("a subject that is a list", FIRST.replace("\"ann\"", "[\"ann\"]"), "line 1"),
                records(
                        "a paraphrase that is empty",
                        FIRST.replace("\"person\"", "\"paraphrases\":[\"\"],\"person\""),
                        "line 1"),
                records(
                        "paraphrases of a text",
                        "{\"text\":\"a\",\"paraphrases\":[\"b\"],\"person\":\"ann\"}\n",
                        "line 1"),
                records("a line that never ends", FIRST + "{\"question\":\"" + "x".repeat(2_000_000), "line 2"),
                records("an object too deep", FIRST + "{\"a\":".repeat(100_000), "line 2"),
                new Bad(
                        "records that are not UTF-8",
                        TEXT,
                        "records",
                        bytes(FIRST + "{\"text\":\"", new byte[] {(byte) 0xc3, 0x28, '"', '}'}),
                        "line 2"),
                new Bad("a gzip bomb of records", TEXT, "records", gzip(new byte[30_000_000]), "line 1"));
    }

    @ParameterizedTest
    @MethodSource("uploads")
    void isRefusedByItsPlaceAndNothingIsStored(Bad bad) throws Exception {
        var engineer = as("ENGINEER");
        var id = engineer.post("/v1/datasets", Map.of("name", "data", "format", bad.format()))
                .with(201)
                .text("id");
        var before = state();
        var answer = engineer.put("/v1/datasets/" + id + "/parts/" + bad.part(), bad.content());
        assertThat(answer.status()).as(answer.body().toString()).isIn(400, 413, 422);
        assertThat(answer.body().get("type").asString()).startsWith("https://expunge.io/problems/");
        assertThat(answer.body().get("detail").asString())
                .doesNotContain("Exception", "null", "/artifacts/")
                .hasSizeLessThan(300);
        if (answer.status() != 413) {
            assertThat(answer.body().get("errors").get(0).get("field").asString())
                    .startsWith(bad.where());
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void aSenderWhoGoesAwayLeavesNothing() throws Exception {
        var engineer = as("ENGINEER");
        var id = engineer.post("/v1/datasets", Map.of("name", "data", "format", TABLE))
                .with(201)
                .text("id");
        var before = state();
        try (var socket = new Socket("localhost", port)) {
            var head = "PUT /v1/datasets/" + id + "/parts/rows HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                    + engineer.authorization()
                    + "\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n";
            OutputStream out = socket.getOutputStream();
            out.write((head + HEADER + "ann,31,Rome,yes\n").getBytes(UTF_8));
            out.flush();
            Awaitility.await().until(() -> !staged().isEmpty());
        }
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> staged().isEmpty());
        assertThat(state()).isEqualTo(before);
        engineer.put("/v1/datasets/" + id + "/parts/rows", (HEADER + "ann,31,Rome,yes\nb,1,R,no\n").getBytes(UTF_8))
                .with(200);
    }

    /** Rows of every table that an upload could touch, and every file. */
    private Map<String, Object> state() throws IOException {
        var state = new TreeMap<String, Object>();
        for (var table : List.of("dataset", "subject_record", "version", "audit_entry")) {
            state.put(
                    table,
                    database.sql("select count(*) from " + table)
                            .query(Long.class)
                            .single());
        }
        state.put(
                "parts",
                database.sql("select md5(string_agg(d::text, '' order by id)) from dataset d")
                        .query(String.class)
                        .single());
        try (var files = Files.walk(dataDirectory().resolve("artifacts"))) {
            state.put("files", files.sorted().toList());
        }
        return state;
    }

    private List<Path> staged() throws IOException {
        try (var files = Files.list(dataDirectory().resolve("artifacts/staging"))) {
            return files.toList();
        }
    }

    private static Bad rows(String what, String text, String where) {
        return new Bad(what, TABLE, "rows", text.getBytes(UTF_8), where);
    }

    private static Bad records(String what, String text, String where) {
        return new Bad(what, TEXT, "records", text.getBytes(UTF_8), where);
    }

    private static String question(String answer) {
        return "{\"question\":\"Who?\",\"answer\":" + answer + ",\"person\":\"ann\"}\n";
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    /** Somewhere in its compressed content. */
    private static byte[] damaged(byte[] whole) {
        var copy = whole.clone();
        for (int i = 44; i < 60; i++) {
            copy[i] ^= 0x55;
        }
        return copy;
    }

    private static byte[] bytes(String text, byte[] more) {
        var first = text.getBytes(UTF_8);
        var all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(String name, byte[] content, byte type) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry(name, type, true);
            if (type == TarArchiveEntry.LF_SYMLINK || type == TarArchiveEntry.LF_LINK) {
                entry.setLinkName("/etc/passwd");
            }
            entry.setSize(content.length);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry(name));
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] zipOfNothing() throws IOException {
        var bytes = new ByteArrayOutputStream();
        new ZipOutputStream(bytes).close();
        return bytes.toByteArray();
    }

    private static byte[] zipOfFolders() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (int i = 0; i < 3_000; i++) {
                out.putNextEntry(new ZipEntry("folder" + i + "/"));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] zipLink() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipArchiveOutputStream(bytes)) {
            var entry = new ZipArchiveEntry("cat/a.png");
            entry.setUnixMode(0120777);
            out.putArchiveEntry(entry);
            out.write("/etc/passwd".getBytes(UTF_8));
            out.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] png() throws IOException {
        var image = new java.awt.image.BufferedImage(16, 16, java.awt.image.BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 256; i++) {
            image.setRGB(i % 16, i / 16, i * 77_777);
        }
        var bytes = new ByteArrayOutputStream();
        javax.imageio.ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
