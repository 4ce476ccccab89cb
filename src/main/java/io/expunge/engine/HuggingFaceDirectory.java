package io.expunge.engine;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model as Hugging Face lays it out: {@code config.json}, {@code tokenizer.json} where it reads text, and the weights in
 * {@code model.safetensors} or in the shards that {@code model.safetensors.index.json} names. Only headers are read
 * when it is opened; weights stay on disk until they are asked for. Safe for use by several threads.
 */
public final class HuggingFaceDirectory {

    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String SINGLE = "model.safetensors";

    private record Place(String shard, SafetensorsHeader.Entry entry) {}

    private final Path directory;
    private final List<Path> files;
    private final String config;
    private final Map<String, SafetensorsFile> shards = new TreeMap<>();
    private final Map<String, Place> tensors = new LinkedHashMap<>();

    private HuggingFaceDirectory(Path directory, boolean needsTokenizer) throws IOException {
        this.directory = directory.toRealPath();
        this.files = ModelFiles.list(this.directory);
        this.config = TextFile.read(this.directory, CONFIG);
        checkConfig();
        if (needsTokenizer && !files.contains(Path.of(TOKENIZER))) {
            throw new ModelRefused(TOKENIZER + " is missing");
        }
        boolean single = files.contains(Path.of(SINGLE));
        boolean sharded = files.contains(Path.of(ShardIndex.FILE));
        if (single == sharded) {
            throw new ModelRefused((single ? "both " : "neither ") + SINGLE + (single ? " and " : " nor ")
                    + ShardIndex.FILE + " is there");
        }
        if (single) {
            open(SINGLE);
        } else {
            var index = ShardIndex.read(this.directory);
            new TreeSet<>(index.shardOf().values()).forEach(this::open);
            check(index);
        }
        for (var file : files) {
            var name = file.toString();
            if (name.endsWith(ModelFiles.SAFETENSORS) && !shards.containsKey(name)) {
                throw new ModelRefused(name + " holds weights that are not part of the model");
            }
        }
    }

    /**
     * Checks every header, and that each tensor is in the one file that should hold it.
     *
     * @throws ModelRefused naming the file, the tensor and the reason
     */
    public static HuggingFaceDirectory open(Path directory) {
        return open(directory, true);
    }

    /**
     * The same of a model that reads no text: it has no tokenizer.
     *
     * @throws ModelRefused naming the file, the tensor and the reason
     */
    static HuggingFaceDirectory openWithoutText(Path directory) {
        return open(directory, false);
    }

    private static HuggingFaceDirectory open(Path directory, boolean needsTokenizer) {
        try {
            return new HuggingFaceDirectory(directory, needsTokenizer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Says before a file is read whether it may lie in a directory.
     *
     * @throws ModelRefused naming the file, if it is a pickle or weights of another format by its name
     */
    public static void checkName(String file) {
        ModelFiles.checkName(file);
    }

    private void checkConfig() {
        try {
            if (JsonParser.parseString(config).isJsonObject()) {
                return;
            }
        } catch (JsonParseException e) {
            // said below
        }
        throw new ModelRefused(CONFIG + " is not a JSON object");
    }

    private void open(String shard) {
        if (!files.contains(Path.of(shard))) {
            throw new ModelRefused(shard + " is missing");
        }
        var file = named(shard, () -> SafetensorsFile.open(directory.resolve(shard)));
        shards.put(shard, file);
        for (var entry : file.tensors().values()) {
            var other = tensors.put(entry.name(), new Place(shard, entry));
            if (other != null) {
                throw new ModelRefused(shard + ": tensor " + entry.name() + " stands in " + other.shard() + " already");
            }
        }
    }

    private void check(ShardIndex index) {
        tensors.forEach((name, place) -> {
            var shard = index.shardOf().get(name);
            if (!place.shard().equals(shard)) {
                throw new ModelRefused(place.shard() + ": tensor " + name + " belongs, by " + ShardIndex.FILE + ", to "
                        + (shard == null ? "no file" : shard));
            }
        });
        index.shardOf().forEach((name, shard) -> {
            if (!tensors.containsKey(name)) {
                throw new ModelRefused(
                        shard + ": tensor " + name + ", which " + ShardIndex.FILE + " names, is missing");
            }
        });
        long bytes = tensors.values().stream()
                .mapToLong(place -> place.entry().end() - place.entry().begin())
                .sum();
        index.totalSize().ifPresent(claimed -> {
            if (claimed.compareTo(BigDecimal.valueOf(bytes)) != 0) {
                throw new ModelRefused(ShardIndex.FILE + " claims a total_size of " + claimed
                        + " bytes but the tensors " + "have " + bytes);
            }
        });
    }

    private static <T> T named(String file, Supplier<T> work) {
        try {
            return work.get();
        } catch (ModelRefused e) {
            throw new ModelRefused(file + ": " + e.getMessage());
        }
    }

    /** The text of {@code config.json}, a JSON object. */
    public String config() {
        return config;
    }

    /** Names of all tensors, shard by shard, each in the order of its header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    public long[] shape(String name) {
        return place(name).entry().shape().clone();
    }

    public ElementType type(String name) {
        return place(name).entry().type();
    }

    /**
     * Numbers of one tensor as fp32, row-major.
     *
     * @throws ModelRefused if there is no such tensor, it is not of floating point or holds a value that is not finite
     */
    public float[] read(String name) {
        var place = place(name);
        return named(place.shard(), () -> shard(place).read(place.entry()));
    }

    /** The same, some numbers at a time. */
    void read(String name, Safetensors.Sink sink) {
        var place = place(name);
        named(place.shard(), () -> {
            shard(place).read(place.entry(), sink);
            return name;
        });
    }

    private Place place(String name) {
        var place = tensors.get(name);
        if (place == null) {
            throw new ModelRefused("tensor " + name + " is missing");
        }
        return place;
    }

    private SafetensorsFile shard(Place place) {
        return Objects.requireNonNull(shards.get(place.shard()));
    }

    /**
     * The tokenizer that lies beside the weights.
     *
     * @param vocabularySize rows of the model's embedding
     * @throws ModelRefused if a token has no row
     */
    public Tokenizer tokenizer(int vocabularySize) {
        return Tokenizer.load(directory.resolve(TOKENIZER), vocabularySize);
    }

    /**
     * Writes the model anew with some tensors changed: the same files, headers, types, order and shards. A number that,
     * rounded to the type it is stored in, is what is stored already keeps its bytes, and so does every other file.
     * The target appears as a whole or not at all.
     *
     * @param target must not exist yet
     * @param changed row-major fp32 values by tensor name, asked for one tensor after the other, shard by shard; empty
     *     to keep the tensor
     * @return how many stored numbers changed
     * @throws ModelRefused if a changed value is not finite once rounded
     */
    public long write(Path target, Function<String, Optional<float[]>> changed) {
        return write(target, changed, null);
    }

    /** The same, and a section of the model card, which replaces the one written before. */
    public long write(Path target, Function<String, Optional<float[]>> changed, @Nullable String modelCardSection) {
        return NewDirectory.write(target, draft -> {
            long count = 0;
            for (var file : files) {
                count += copy(file, draft.resolve(file), changed);
            }
            if (modelCardSection != null) {
                var card = draft.resolve(ModelCard.FILE);
                var before = Files.exists(card) ? Files.readAllBytes(card) : new byte[0];
                Files.write(card, ModelCard.withSection(before, modelCardSection));
            }
            return count;
        });
    }

    private long copy(Path file, Path target, Function<String, Optional<float[]>> changed) throws IOException {
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        var shard = shards.get(file.toString());
        if (shard != null) {
            try {
                return shard.copy(target, changed);
            } catch (ModelRefused e) {
                throw new ModelRefused(file + ": " + e.getMessage());
            }
        }
        try (var in = Disk.open(directory.resolve(file));
                var out = FileChannel.open(target, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            Disk.copy(in, 0, in.size(), out);
        }
        return 0;
    }

    /**
     * Writes a model that was made here, in one file.
     *
     * @param target must not exist yet
     * @param config text of {@code config.json}
     * @throws ModelRefused if a value is not finite once rounded to a type other than F32
     */
    static HuggingFaceDirectory create(
            Path target,
            String config,
            Map<String, ? extends Safetensors.Numbers> tensors,
            ElementType type,
            BytePairVocabulary vocabulary) {
        NewDirectory.write(target, draft -> {
            Files.writeString(draft.resolve(CONFIG), config);
            vocabulary.write(draft);
            // Readers of the format ask for this entry.
            Safetensors.write(draft.resolve(SINGLE), tensors, Map.of("format", "pt"), type);
            return tensors.size();
        });
        return open(target);
    }
}
