package io.expunge.catalog;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;

/** Reads the IDX format of MNIST: a header with the sizes, big-endian, then unsigned bytes. */
final class IdxReader {

    private static final int UNSIGNED_BYTES = 0x08;
    private static final int MAX_SIDE = 4_096;

    private final String name;
    private final PartReader part;

    IdxReader(String name, PartReader part) {
        this.name = name;
        this.part = part;
    }

    Parts.Part read(InputStream raw) throws IOException {
        var in = new DataInputStream(raw);
        int magic = in.readInt();
        int dimensions = magic & 0xff;
        if (magic >>> 16 != 0 || (magic >>> 8 & 0xff) != UNSIGNED_BYTES) {
            throw Upload.fault(name, "is not an IDX file of unsigned bytes");
        }
        boolean images = name.equals("images");
        if (dimensions != (images ? 3 : 1)) {
            throw Upload.fault(name, "has " + dimensions + " dimensions where " + (images ? 3 : 1) + " are due");
        }
        int count = in.readInt();
        if (count < 1) {
            throw Upload.fault(name, "declares " + Integer.toUnsignedString(count) + " entries");
        }
        part.checkCount(count);
        var result = images ? images(in, count) : labels(in, count);
        if (in.read() >= 0) {
            throw Upload.fault(name, "is longer than its header declares");
        }
        return result;
    }

    private Parts.Part images(DataInputStream in, int count) throws IOException {
        int height = in.readInt();
        int width = in.readInt();
        if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
            throw Upload.fault(name, "declares images of an impossible size");
        }
        try (var out = Files.newOutputStream(part.into().resolve(PartReader.PIXELS))) {
            var image = new byte[height * width];
            for (int i = 0; i < count; i++) {
                in.readFully(image);
                out.write(image);
            }
        }
        return new Parts.Part(count, List.of(1L, (long) height, (long) width), List.of(), List.of());
    }

    private Parts.Part labels(DataInputStream in, int count) throws IOException {
        try (var labels = new LabelCodes(part.into())) {
            for (int i = 0; i < count; i++) {
                labels.add(Integer.toString(in.readUnsignedByte()), "entry " + i);
            }
            return new Parts.Part(count, List.of(), labels.finish(), List.of());
        }
    }
}
