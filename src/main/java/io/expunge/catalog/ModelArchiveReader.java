package io.expunge.catalog;

import io.expunge.engine.HuggingFaceDirectory;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Unpacks the tar of a model's directory; what its names alone forbid is refused before it is read. */
final class ModelArchiveReader {

    private static final String PART = "weights";
    private static final int MAX_ENTRIES = 10_000;
    private static final int MAX_NAME = 500;
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,255}");

    private final Path into;
    private int entry;

    ModelArchiveReader(Path into) {
        this.into = into;
    }

    /** @throws io.expunge.engine.ModelRefused naming a file that must not be there */
    void read(InputStream body) throws IOException {
        try (var in = new TarArchiveInputStream(body, "UTF-8")) {
            for (var e = Tar.next(in, PART); e != null; e = Tar.next(in, PART)) {
                if (++entry > MAX_ENTRIES) {
                    throw Upload.fault(PART, "has more than " + MAX_ENTRIES + " entries");
                }
                entry(e, in);
            }
            if (entry == 0) {
                throw Upload.fault(PART, "is not a tar file with anything in it");
            }
        } catch (EOFException e) {
            throw Tar.truncated(PART);
        } catch (IOException e) {
            throw Tar.explain(e, PART);
        }
    }

    private void entry(TarArchiveEntry e, TarArchiveInputStream in) throws IOException {
        var where = "entry " + entry;
        Tar.requirePlain(e, where);
        Tar.requireInside(e.getName(), where);
        var name = e.getName();
        while (name.startsWith("./")) {
            name = name.substring(2);
        }
        if (e.isDirectory()) {
            return; // made when a file lies in it
        }
        if (name.length() > MAX_NAME) {
            throw Upload.fault(where, "has a name of more than " + MAX_NAME + " characters");
        }
        for (var part : name.split("/", -1)) {
            if (!NAME.matcher(part).matches() || part.equals(".")) {
                throw Upload.fault(where, "has a name that no file here may have");
            }
        }
        HuggingFaceDirectory.checkName(name);
        var file = into.resolve(name);
        if (Files.exists(file)) {
            throw Upload.fault(where, "is " + name + ", which came before");
        }
        try {
            Files.createDirectories(file.getParent());
        } catch (java.nio.file.FileAlreadyExistsException f) {
            throw Upload.fault(where, "lies in a file, not in a directory");
        }
        Files.copy(in, file);
        if (Files.size(file) != e.getSize()) {
            throw Tar.truncated(PART);
        }
    }
}
