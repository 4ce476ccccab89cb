package io.expunge.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Operators that DJL's NDArray lacks, written as TorchScript text; those that change nothing in place have gradients. */
final class Kernels {

    private static final Kernels SHARED = load();

    private final Model model;

    private Kernels(Model model) {
        this.model = model;
    }

    static Kernels shared() {
        return SHARED;
    }

    /** Adds {@code arrays} to the arguments as one list; their names are needed only during the call. */
    static void addList(NDList arguments, String name, Collection<NDArray> arrays) {
        for (var array : arrays) {
            array.setName(name + "[]");
            arguments.add(array);
        }
    }

    /** Calls {@code method}; the result belongs to {@code scratch}. */
    NDArray call(String method, NDManager scratch, NDList arguments) {
        return callAll(method, scratch, arguments).singletonOrThrow();
    }

    /** Calls {@code method}, which may have several results; they belong to {@code scratch}. */
    NDList callAll(String method, NDManager scratch, NDList arguments) {
        var marker = scratch.create(0f);
        marker.setName("module_method:" + method);
        var all = new NDList(arguments);
        all.add(marker);
        try {
            var results = model.getBlock().forward(new ParameterStore(scratch, false), all, true);
            results.attach(scratch);
            return results;
        } finally {
            all.forEach(array -> array.setName(null));
        }
    }

    /** Writes numbers into the storage of {@code target}; NDArray.set would give the handle another storage. */
    static void assign(NDArray target, float[] values) {
        try (var scratch = target.getManager().newSubManager()) {
            SHARED.call("assign", scratch, new NDList(target, scratch.create(values, target.getShape())));
        }
    }

    /** Writes numbers over those from place {@code from} on, row-major. */
    static void assign(NDArray target, int from, float[] values) {
        try (var scratch = target.getManager().newSubManager()) {
            SHARED.call(
                    "assign_part", scratch, new NDList(target, scratch.create((long) from), scratch.create(values)));
        }
    }

    /** The {@code count} numbers from place {@code from} on, row-major. */
    static float[] part(NDArray source, int from, int count) {
        try (var scratch = source.getManager().newSubManager()) {
            return SHARED.call("part", scratch, new NDList(source, scratch.create((long) from), scratch.create((long)
                            count)))
                    .toFloatArray();
        }
    }

    private static Kernels load() {
        try (var text = Kernels.class.getResourceAsStream("kernels.py")) {
            if (text == null) {
                throw new IllegalStateException("kernels.py is not on the class path");
            }
            Torch.engine();
            var model = Model.newInstance("kernels", "PyTorch");
            model.load(new ByteArrayInputStream(archive(text.readAllBytes())));
            return new Kernels(model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedModelException e) {
            throw new IllegalStateException("the kernels do not compile", e);
        }
    }

    /** A TorchScript archive is a zip of stored entries: the code, a pickled module object, no constants. */
    private static byte[] archive(byte[] torchScript) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(
                    zip,
                    "kernels/data.pkl",
                    latin1(
                            "\u0080\u0002c__torch__\nKernels\nq\u0000)\u0081}(X\u0008\u0000\u0000\u0000training\u0089ub."));
            store(zip, "kernels/code/__torch__.py", torchScript);
            store(zip, "kernels/constants.pkl", latin1("\u0080\u0002)."));
            store(zip, "kernels/version", latin1("10\n"));
        }
        return bytes.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
