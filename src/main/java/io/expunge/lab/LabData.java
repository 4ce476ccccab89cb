package io.expunge.lab;

import io.expunge.engine.Examples;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The public data sets that experiments run on. */
record LabData(Examples train, Examples test) {

    /** UCI optical digits: 64 counts 0…16 and the class. */
    static LabData optdigits(Path data) {
        return read(() -> new LabData(
                digits(data.resolve("optdigits/optdigits.tra")), digits(data.resolve("optdigits/optdigits.tes"))));
    }

    /** MNIST digits, 784 bytes each, from the gzipped IDX files. */
    static LabData mnist(Path data) {
        var directory = data.resolve("mnist10k");
        return read(() -> new LabData(
                images(directory, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
                images(directory, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")));
    }

    private static Examples digits(Path file) throws IOException {
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
        return Examples.ofFloats(features, labels, 64);
    }

    private static Examples images(Path directory, String images, String labels) throws IOException {
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
            return Examples.ofBytes(pixels.readNBytes(count * height * width), all, (long) height * width);
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
