package io.expunge.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which files a model's directory may hold: plain ones, no program among them and no weights beside the safetensors. */
final class ModelFiles {

    static final String SAFETENSORS = ".safetensors";

    private static final int MOST = 10_000;
    private static final int MAGIC = 8;
    private static final int ZIP = 0x4B50; // "PK"
    private static final int PICKLE = 0x80;
    private static final Set<String> PICKLES =
            Set.of("bin", "pt", "pth", "pkl", "pickle", "ckpt", "joblib", "dill", "mar");
    private static final Set<String> OTHER_WEIGHTS =
            Set.of("gguf", "ggml", "h5", "msgpack", "onnx", "onnx_data", "ot", "tflite", "npy", "npz");

    private ModelFiles() {}

    /**
     * Every file below a directory, relative to it, sorted.
     *
     * @throws ModelRefused naming the file and the reason
     */
    static List<Path> list(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            var files = walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .limit(MOST + 1L)
                    .map(directory::relativize)
                    .sorted()
                    .toList();
            if (files.size() > MOST) {
                throw new ModelRefused("the directory has more than " + MOST + " files");
            }
            for (var file : files) {
                check(directory.resolve(file), file.toString());
            }
            return files;
        }
    }

    private static void check(Path file, String name) throws IOException {
        if (Files.isSymbolicLink(file)) {
            throw new ModelRefused(name + " is a link; only plain files are taken");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ModelRefused(name + " is not a plain file");
        }
        checkName(name);
        if (isPickle(file)) {
            throw pickle(name);
        }
    }

    /** @throws ModelRefused if the name alone says that the file must not be there */
    static void checkName(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        var extension = lower.substring(lower.lastIndexOf('.') + 1);
        if (PICKLES.contains(extension)) {
            throw pickle(name);
        }
        if (OTHER_WEIGHTS.contains(extension)) {
            throw new ModelRefused(name + " may hold weights that a change of the safetensors would not reach");
        }
    }

    private static ModelRefused pickle(String name) {
        return new ModelRefused(name + " is a pickle or an archive of pickles, and a pickle is a program that runs "
                + "when it is read; convert the model to safetensors");
    }

    private static boolean isPickle(Path file) throws IOException {
        try (var channel = Disk.open(file)) {
            var first = ByteBuffer.allocate(MAGIC).order(ByteOrder.LITTLE_ENDIAN);
            while (first.hasRemaining() && channel.read(first) >= 0) {}
            if (first.position() >= 4 && first.getShort(0) == ZIP && first.get(2) == first.get(3) - 1) {
                return true;
            }
            boolean protocol = first.position() >= 2
                    && Byte.toUnsignedInt(first.get(0)) == PICKLE
                    && first.get(1) >= 2
                    && first.get(1) <= 5;
            // The length of a safetensors header may begin with the same two bytes.
            boolean length = first.position() == MAGIC
                    && first.getLong(0) > 0
                    && first.getLong(0) <= SafetensorsHeader.MAX_BYTES;
            return protocol && !length;
        }
    }
}
