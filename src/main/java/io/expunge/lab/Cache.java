package io.expunge.lab;

import com.google.gson.JsonParser;
import io.expunge.engine.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Keeps what took long, under a digest of all that decides it. Several processes may share it. */
record Cache(Path directory) {

    Cache {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The digest of what decides a thing. */
    static String key(Object... deciding) {
        var text = java.util.Arrays.stream(deciding).map(String::valueOf).collect(Collectors.joining("\n"));
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean restored(String key, LanguageModel model) {
        var file = directory.resolve(key + ".safetensors");
        if (!Files.exists(file)) {
            return false;
        }
        model.restore(file);
        return true;
    }

    void keep(String key, LanguageModel model) {
        appear(key + ".safetensors", model::save);
    }

    Optional<Map<String, Double>> figures(String key) {
        var file = directory.resolve(key + ".json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Map<String, Double> figures = new TreeMap<>();
            JsonParser.parseString(Files.readString(file))
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(entry ->
                            figures.put(entry.getKey(), entry.getValue().getAsDouble()));
            return Optional.of(figures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void keep(String key, Map<String, Double> figures) {
        var text = figures.entrySet().stream()
                .map(entry -> "  \"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        appear(key + ".json", file -> Files.writeString(file, text));
    }

    private interface Writing {
        void to(Path file) throws IOException;
    }

    private void appear(String name, Writing writing) {
        try {
            var draft = directory.resolve(name + "." + ProcessHandle.current().pid() + ".tmp");
            writing.to(draft);
            Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
