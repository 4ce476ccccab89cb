package io.expunge.catalog;

import io.expunge.api.ImagesFormat;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Reads a tar (plain or gzip) or zip of {@code <root>/<class>/<file>}; no name of an entry is ever used as a path. */
final class ImageArchiveReader {

    private static final int ZIP = 'P' << 8 | 'K';
    private static final int MAX_IMAGE_BYTES = 32 << 20;

    private final String root;
    private final PartReader part;
    private final ImageDecoder decoder = new ImageDecoder();
    private int entry;
    private int images;

    ImageArchiveReader(ImagesFormat format, PartReader part) {
        this.root = format.getRoot() == null || format.getRoot().isEmpty() ? "" : trimmed(format.getRoot()) + "/";
        this.part = part;
    }

    Parts.Part read(Upload.Counted sent) throws IOException {
        try (var pixels = new BufferedOutputStream(
                        Files.newOutputStream(part.into().resolve(PartReader.PIXELS)), 1 << 16);
                var labels = new LabelCodes(part.into());
                var paths = Files.newBufferedWriter(part.into().resolve(PartReader.PATHS))) {
            var target = new Target(pixels, labels, paths);
            var start = new BufferedInputStream(sent, 1 << 16);
            if (Upload.magic(start) == ZIP) {
                zip(start, target);
            } else {
                tar(sent, start, target);
            }
            if (images == 0) {
                throw Upload.fault(
                        "archive", "holds no image in class folders" + (root.isEmpty() ? "" : " under root"));
            }
            return new Parts.Part(images, decoder.shape(), labels.finish(), List.of());
        }
    }

    private record Target(OutputStream pixels, LabelCodes labels, BufferedWriter paths) {}

    private void tar(Upload.Counted sent, BufferedInputStream start, Target target) throws IOException {
        var gzip = Upload.magic(start) == 0x1f8b;
        InputStream plain = gzip
                ? new Upload.Unpacked(
                        new java.util.zip.GZIPInputStream(start, 1 << 16), sent, "archive", part.settings())
                : start;
        try (var in = new TarArchiveInputStream(plain)) {
            entries(in, target);
        } catch (IOException e) {
            throw Tar.explain(e, "archive");
        }
    }

    private void entries(TarArchiveInputStream in, Target target) throws IOException {
        for (TarArchiveEntry e = Tar.next(in, "archive"); e != null; e = Tar.next(in, "archive")) {
            part.checkCount(++entry);
            Tar.requirePlain(e, "entry " + entry);
            if (!e.isDirectory()) {
                file(e.getName(), e.getSize(), in, target);
            } else {
                check(e.getName());
            }
        }
    }

    /** A zip names its entries at its end, so it is kept on disk while it is read. */
    private void zip(InputStream in, Target target) throws IOException {
        var copy = part.into().resolve("archive.zip");
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        try (var zip = ZipFile.builder().setPath(copy).get()) {
            for (ZipArchiveEntry e : Collections.list(zip.getEntries())) {
                part.checkCount(++entry);
                if (e.isUnixSymlink()) {
                    throw Upload.fault("entry " + entry, "is a link");
                }
                if (e.isDirectory()) {
                    check(e.getName());
                    continue;
                }
                if (e.getSize() / part.settings().maxRatio() > Math.max(e.getCompressedSize(), 1 << 10)) {
                    throw Upload.fault(
                            "entry " + entry,
                            "unpacks to more than " + part.settings().maxRatio() + " times what was sent");
                }
                try (var content = zip.getInputStream(e)) {
                    file(e.getName(), e.getSize(), content, target);
                }
            }
        } finally {
            Files.delete(copy);
        }
    }

    private void file(String name, long size, InputStream content, Target target) throws IOException {
        check(name);
        var path = trimmed(name);
        var file = path.substring(path.lastIndexOf('/') + 1);
        if (!path.startsWith(root) || file.startsWith(".")) {
            return;
        }
        var inside = path.substring(root.length());
        int slash = inside.indexOf('/');
        if (slash < 1 || inside.indexOf('/', slash + 1) >= 0) {
            throw Upload.fault("entry " + entry, "does not lie in a class folder; the form is <class>/<file>");
        }
        var lower = file.toLowerCase(Locale.ROOT);
        if (!(lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".png"))) {
            throw Upload.fault("entry " + entry, "is not called .jpg, .jpeg or .png");
        }
        if (size > MAX_IMAGE_BYTES) {
            throw Upload.fault("entry " + entry, "is larger than " + MAX_IMAGE_BYTES + " bytes");
        }
        part.checkCount(++images);
        target.pixels().write(decoder.decode(content.readNBytes(MAX_IMAGE_BYTES), "entry " + entry));
        target.labels().add(inside.substring(0, slash), "entry " + entry);
        target.paths().write(inside.replace('\n', ' ') + "\n");
    }

    private void check(String name) {
        Tar.requireInside(name, "entry " + entry);
    }

    private static String trimmed(String name) {
        var path = Objects.requireNonNull(name);
        while (path.startsWith("./")) {
            path = path.substring(2);
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
