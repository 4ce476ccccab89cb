package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.expunge.api.Column;
import io.expunge.api.CsvFormat;
import io.expunge.api.DatasetFormat;
import io.expunge.api.IdxFormat;
import io.expunge.api.ImagesFormat;
import io.expunge.shared.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** Each file that an upload becomes, on a disk without space: the kernel's own full device. */
class FullDiskTest {

    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path directory;

    private CatalogSettings settings;

    @BeforeEach
    void onLinux() {
        assumeTrue(Files.exists(FULL), "needs /dev/full");
        settings = new CatalogSettings(
                directory,
                directory.resolve("pseudonym.key"),
                null,
                Duration.ZERO,
                DataSize.ofMegabytes(10),
                DataSize.ofMegabytes(10),
                DataSize.ofMegabytes(10),
                1_000_000,
                200);
    }

    @ParameterizedTest
    @ValueSource(strings = {PartReader.FEATURES, PartReader.LABELS, PartReader.SUBJECTS})
    void aTableIsRefusedAsForWantOfSpace(String file) throws Exception {
        var format = new CsvFormat()
                .name("csv")
                .columns(List.of(
                        new Column("who", Column.KindEnum.SUBJECT),
                        new Column("age", Column.KindEnum.NUMERIC),
                        new Column("label", Column.KindEnum.LABEL)));
        refused(format, "rows", "who,age,label\nann,1,yes\n".getBytes(UTF_8), file);
        refused(format, "rows", ("who,age,label\n" + "ann,1,yes\n".repeat(100_000)).getBytes(UTF_8), file);
    }

    @Test
    void imagesAndLabelsAreToo() throws Exception {
        refused(new IdxFormat().name("idx"), "images", idx(0x0803, 3, 8, 8), PartReader.PIXELS);
        refused(new IdxFormat().name("idx"), "labels", idx(0x0801, 3), PartReader.LABELS);
    }

    @Test
    void soAreTheImagesOfAnArchive() throws Exception {
        var png = new ByteArrayOutputStream();
        javax.imageio.ImageIO.write(new java.awt.image.BufferedImage(8, 8, 1), "png", png);
        var zip = new ByteArrayOutputStream();
        try (var out = new java.util.zip.ZipOutputStream(zip)) {
            out.putNextEntry(new java.util.zip.ZipEntry("cat/a.png"));
            out.write(png.toByteArray());
        }
        var format = new ImagesFormat().name("images");
        refused(format, "archive", zip.toByteArray(), PartReader.PIXELS);
        refused(format, "archive", zip.toByteArray(), PartReader.PATHS);
    }

    @Test
    void anyOtherFailureIsNotTakenForAFullDisk() {
        assertThat(Artifacts.explain(new IOException("Input/output error"))).isNotInstanceOf(Problem.class);
    }

    private void refused(DatasetFormat format, String part, byte[] content, String... files) throws Exception {
        var into = Files.createTempDirectory(directory, "staging");
        for (var file : files) {
            Files.createSymbolicLink(into.resolve(file), FULL);
        }
        var people = new Pseudonyms(settings, Clock.systemUTC()).forController(UUID.randomUUID());
        assertThatThrownBy(() ->
                        new PartReader(settings, into, people).read(format, part, new ByteArrayInputStream(content)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.NO_SPACE))
                .hasMessageContaining("full");
    }

    private static byte[] idx(int... words) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            int content = 1;
            for (int i = 0; i < words.length; i++) {
                out.writeInt(words[i]);
                content *= i == 0 ? 1 : words[i];
            }
            out.write(new byte[content]);
        }
        return bytes.toByteArray();
    }
}
