package io.expunge.catalog;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The records of a complete data set of text. Each is read from its place, so none but those asked for are in memory. */
record TextFiles(Path directory, int records) {

    /** Those at {@code ordinals}, in their order. */
    List<TextRow> at(int... ordinals) {
        try (var texts = FileChannel.open(directory.resolve(PartReader.TEXTS));
                var ends = FileChannel.open(directory.resolve(PartReader.TEXT_ENDS))) {
            var all = new ArrayList<TextRow>(ordinals.length);
            for (int ordinal : ordinals) {
                long begin = ordinal == 0 ? 0 : end(ends, ordinal - 1);
                var bytes = read(texts, begin, Math.toIntExact(end(ends, ordinal) - begin));
                all.add(Json.read(new String(bytes, StandardCharsets.UTF_8), TextRow.class));
            }
            return all;
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }

    /** How much text there is. */
    long bytes() {
        try {
            return Files.size(directory.resolve(PartReader.TEXTS));
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }

    private static long end(FileChannel ends, int ordinal) throws IOException {
        return ByteBuffer.wrap(read(ends, (long) ordinal * Long.BYTES, Long.BYTES))
                .getLong();
    }

    private static byte[] read(FileChannel channel, long at, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException("a data set's file ends before its end");
            }
        }
        return buffer.array();
    }
}
