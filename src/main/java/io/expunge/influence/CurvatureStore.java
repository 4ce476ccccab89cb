package io.expunge.influence;

import io.expunge.engine.Decoder;
import io.expunge.engine.ImageStream;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Second moments of one version, each set of them collected once and kept in a file beside it.
 *
 * @param directory where the files are; made when the first is written
 * @param version whose weights they are taken with; factors of another are refused
 */
public record CurvatureStore(Path directory, String version) {

    private static final String VERSION = "version";
    private static final String TEXTS = "texts";

    /** Tells how far a collection is and keeps its checkpoints, under a name for each. */
    @FunctionalInterface
    public interface Monitors {
        Monitor named(String name);
    }

    /**
     * The moments, from their file where it is there.
     *
     * @throws ModelRefused if the texts do not fit, or if the file is of another version or broken
     * @throws io.expunge.engine.Stopped if the monitor asks for it; the next call goes on from the checkpoint
     */
    public SecondMoments of(LanguageModel model, MomentStream stream, Monitors monitors) {
        stream.requireFit(model.decoder());
        return of(
                about(stream.labels(), stream.seed(), stream.partTokens(), texts(stream)),
                stream.layers(),
                monitors,
                file -> open(file, model.decoder()),
                (about, session) -> SecondMoments.collect(model, stream, about, session));
    }

    /** The same, of a network. */
    public SecondMoments of(Network network, ImageStream stream, Monitors monitors) {
        stream.requireFit(network.architecture());
        return of(
                about(stream.labels(), stream.seed(), stream.partTokens(), images(stream)),
                stream.layers(),
                monitors,
                file -> open(file, network.architecture()),
                (about, session) -> SecondMoments.collect(network, stream, about, session));
    }

    private SecondMoments of(
            Map<String, String> about,
            List<String> layers,
            Monitors monitors,
            Function<Path, SecondMoments> opened,
            BiFunction<Map<String, String>, Session, SecondMoments> collected) {
        var key = digest(about.toString() + layers);
        var file = directory.resolve(key + ".safetensors");
        if (Files.exists(file)) {
            return opened.apply(file);
        }
        var moments = collected.apply(about, new Session(monitors.named("curvature-" + key.substring(0, 16))));
        try {
            Files.createDirectories(directory);
            moments.save(file);
            return moments;
        } catch (IOException e) {
            moments.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            moments.close();
            throw e;
        }
    }

    /**
     * Opens a file of moments.
     *
     * @throws ModelRefused if they are of another version, or if the file is broken
     */
    public SecondMoments open(Path file, Decoder decoder) {
        return own(SecondMoments.open(file, decoder));
    }

    /** The same, of a network's layers. */
    public SecondMoments open(Path file, NetworkArchitecture architecture) {
        return own(SecondMoments.open(file, architecture));
    }

    private SecondMoments own(SecondMoments moments) {
        var other = moments.about().get(VERSION);
        if (!version.equals(other)) {
            moments.close();
            throw new ModelRefused("the curvature factors are of version " + other + ", not of " + version);
        }
        return moments;
    }

    private Map<String, String> about(MomentStream.Labels labels, long seed, int partTokens, String inputs) {
        return new TreeMap<>(Map.of(
                VERSION,
                version,
                "labels",
                labels.name(),
                "seed",
                Long.toString(seed),
                "partTokens",
                Integer.toString(partTokens),
                TEXTS,
                inputs));
    }

    private static String images(ImageStream stream) {
        var digest = sha256();
        digest.update(stream.places().name().getBytes(StandardCharsets.UTF_8));
        stream.images().digest(digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String texts(MomentStream stream) {
        var digest = sha256();
        for (var one : stream.texts().all()) {
            var tokens = one.tokens();
            var bytes = java.nio.ByteBuffer.allocate(4 * (tokens.length + 1)).putInt(tokens.length);
            for (int token : tokens) {
                bytes.putInt(token);
            }
            digest.update(bytes.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String digest(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
