package io.expunge.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Whole reads and writes at a place in a file. */
final class Disk {

    /** Bytes that are in memory at a time; a whole number of elements of every type. */
    static final int CHUNK = 1 << 20;

    private Disk() {}

    /** A link is never followed. */
    static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Little-endian bytes.
     *
     * @throws ModelRefused if the file ends before them
     */
    static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new ModelRefused("the file ends before its end");
            }
        }
        return buffer.flip();
    }

    static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    static void copy(FileChannel source, long begin, long end, FileChannel target) throws IOException {
        for (long at = begin; at < end; ) {
            long moved = source.transferTo(at, end - at, target);
            if (moved <= 0) {
                throw new ModelRefused("the file ends before its end");
            }
            at += moved;
        }
    }

    /** Makes the names in a directory survive a power cut. */
    static void force(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
