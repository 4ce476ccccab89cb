package io.expunge.lab;

import io.expunge.engine.Examples;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The public data sets that experiments run on. */
record LabData(Examples train, Examples test) {

    private static final int SIDE = 32;

    /** UCI optical digits: 64 counts 0…16 and the class. */
    static LabData optdigits(Path data) {
        return optdigits(data, 64);
    }

    /** The same in another shape, such as 1, 8, 8. */
    static LabData optdigits(Path data, long... shape) {
        return read(() -> new LabData(
                digits(data.resolve("optdigits/optdigits.tra"), shape),
                digits(data.resolve("optdigits/optdigits.tes"), shape)));
    }

    /**
     * MNIST digits, 784 bytes each, from the gzipped IDX files.
     *
     * @param shape of one example, such as 784 or 1, 28, 28
     */
    static LabData mnist(Path data, long... shape) {
        var directory = data.resolve("mnist10k");
        return read(() -> new LabData(
                images(directory, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", shape),
                images(directory, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", shape)));
    }

    /** 12,000 CIFAR-10 pictures of 3 × 32 × 32 bytes from a tar of train and test folders, a folder a class. */
    static LabData cifar(Path data) {
        var file = data.resolve("cifar10-subset/cifar10-subset.tar");
        return read(() -> new LabData(pictures(file, "train/"), pictures(file, "test/")));
    }

    private static Examples pictures(Path tar, String prefix) throws IOException {
        var byName = new TreeMap<String, byte[]>();
        try (var archive = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
            for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
                    byName.put(entry.getName(), planes(ImageIO.read(new ByteArrayInputStream(archive.readAllBytes()))));
                }
            }
        }
        var folders = byName.keySet().stream()
                .map(name -> name.substring(0, name.lastIndexOf('/')))
                .distinct()
                .toList();
        var pixels = new ByteArrayOutputStream();
        byName.values().forEach(pixels::writeBytes);
        var labels = byName.keySet().stream()
                .mapToInt(name -> folders.indexOf(name.substring(0, name.lastIndexOf('/'))))
                .toArray();
        return Examples.ofBytes(pixels.toByteArray(), labels, 3, SIDE, SIDE);
    }

    private static byte[] planes(BufferedImage image) {
        var planes = new byte[3 * SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int colour = image.getRGB(x, y);
                for (int channel = 0; channel < 3; channel++) {
                    planes[(channel * SIDE + y) * SIDE + x] = (byte) (colour >> (16 - 8 * channel));
                }
            }
        }
        return planes;
    }

    private static Examples digits(Path file, long... shape) throws IOException {
        var rows = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(",", -1))
                .toList();
        var features = new float[rows.size() * 64];
        var labels = new int[rows.size()];
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < 64; j++) {
                features[i * 64 + j] = Integer.parseInt(rows.get(i)[j].strip()) / 16f;
            }
            labels[i] = Integer.parseInt(rows.get(i)[64].strip());
        }
        return Examples.ofFloats(features, labels, shape);
    }

    private static Examples images(Path directory, String images, String labels, long... shape) throws IOException {
        try (var pixels = open(directory.resolve(images));
                var classes = open(directory.resolve(labels))) {
            pixels.readInt();
            int count = pixels.readInt();
            int height = pixels.readInt();
            int width = pixels.readInt();
            classes.readLong();
            var all = new int[count];
            for (int i = 0; i < count; i++) {
                all[i] = classes.readUnsignedByte();
            }
            return Examples.ofBytes(pixels.readNBytes(count * height * width), all, shape);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))));
    }

    private interface Reading {
        LabData get() throws IOException;
    }

    private static LabData read(Reading reading) {
        try {
            return reading.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
