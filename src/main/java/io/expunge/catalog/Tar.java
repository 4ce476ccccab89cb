package io.expunge.catalog;

import io.expunge.shared.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** What is common to all tar files that come in, and how one goes out. */
final class Tar {

    private Tar() {}

    /** The next entry; null at the end. */
    static @Nullable TarArchiveEntry next(TarArchiveInputStream in, String part) throws IOException {
        try {
            return in.getNextEntry();
        } catch (IllegalArgumentException e) {
            throw Upload.fault(part, "is not a tar file");
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("header")) {
                throw Upload.fault(part, "is not a tar file, or is damaged");
            }
            throw e;
        }
    }

    /** Refuses whatever is neither a file with all its bytes nor a directory. */
    static void requirePlain(TarArchiveEntry e, String where) {
        if (e.isLink() || e.isSymbolicLink() || e.isBlockDevice() || e.isCharacterDevice() || e.isFIFO()) {
            throw Upload.fault(where, "is a link or a device");
        }
        if (e.isSparse()) {
            throw Upload.fault(where, "is a sparse file");
        }
    }

    /** Refuses a name that leads elsewhere than into the archive. */
    static void requireInside(String name, String where) {
        if (name.startsWith("/")
                || name.contains("\\")
                || name.contains("\0")
                || Arrays.asList(name.split("/", -1)).contains("..")) {
            throw Upload.fault(where, "has a name that leads out of the archive");
        }
    }

    /** An archive that ends too early says so; all else stays what it is. */
    static IOException explain(IOException e, String part) {
        if (String.valueOf(e.getMessage()).startsWith("Truncated")) {
            throw truncated(part);
        }
        return e;
    }

    static Problem truncated(String part) {
        return Upload.fault(part, "ends before its end: the upload is truncated");
    }

    /** Writes files below a directory; the same files give the same bytes. */
    static void write(Path directory, Iterable<Path> files, OutputStream to) throws IOException {
        try (var out = new TarArchiveOutputStream(to, "UTF-8")) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            out.setAddPaxHeadersForNonAsciiNames(true);
            for (var file : files) {
                var entry = new TarArchiveEntry(file.toString());
                entry.setSize(Files.size(directory.resolve(file)));
                entry.setModTime(0);
                entry.setIds(0, 0);
                entry.setNames("", "");
                out.putArchiveEntry(entry);
                Files.copy(directory.resolve(file), out);
                out.closeArchiveEntry();
            }
        }
    }
}
