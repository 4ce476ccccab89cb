package io.expunge.catalog;

import io.expunge.shared.Problem;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.springframework.util.unit.DataSize;

/** Reads what somebody sends: never more than is allowed, and never more than it may reasonably unpack to. */
final class Upload {

    private static final int GZIP = 0x1f8b;
    private static final long SLACK = 1 << 20;

    private Upload() {}

    /** The fault of an upload, which names where it lies. */
    static Problem fault(String where, String reason) {
        return Problem.refused("malformed-upload", where, reason);
    }

    /** Refuses to hand out more than the bytes that one upload may have. */
    static Counted limited(InputStream in, DataSize most) {
        return new Counted(in, most.toBytes(), "sent");
    }

    /** The content of {@code in}, unpacked if it is gzip. */
    static InputStream unzipped(Counted in, String part, CatalogSettings settings) throws IOException {
        var buffered = new BufferedInputStream(in, 1 << 16);
        if (magic(buffered) != GZIP) {
            return buffered;
        }
        try {
            return new Unpacked(new GZIPInputStream(buffered, 1 << 16), in, part, settings);
        } catch (ZipException e) {
            throw fault(part, "is not the gzip file that it begins as");
        }
    }

    /** The first two bytes, which stay unread. */
    static int magic(BufferedInputStream in) throws IOException {
        in.mark(2);
        int first = in.read();
        int second = in.read();
        in.reset();
        return second < 0 ? -1 : first << 8 | second;
    }

    static class Counted extends FilterInputStream {

        private final long limit;
        private final String how;
        private long count;

        Counted(InputStream in, long limit, String how) {
            super(in);
            this.limit = limit;
            this.how = how;
        }

        long count() {
            return count;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0) {
                add(1);
            }
            return b;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int n = in.read(buffer, from, length);
            if (n > 0) {
                add(n);
            }
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            return in.skip(0);
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        void add(long n) {
            count += n;
            if (count > limit) {
                throw new Problem(
                        Problem.Kind.TOO_LARGE, "upload-too-large", "more than " + limit + " bytes were " + how);
            }
        }
    }

    /** Refuses what unpacks to far more than was sent. */
    static final class Unpacked extends Counted {

        private final Counted packed;
        private final String part;
        private final int ratio;

        Unpacked(InputStream in, Counted packed, String part, CatalogSettings settings) {
            super(in, settings.maxUnpacked().toBytes(), "unpacked");
            this.packed = packed;
            this.part = part;
            this.ratio = settings.maxRatio();
        }

        @Override
        void add(long n) {
            super.add(n);
            if (count() > SLACK && count() / ratio > Math.max(packed.count(), 1)) {
                throw fault(part, "unpacks to more than " + ratio + " times what was sent");
            }
        }
    }
}
