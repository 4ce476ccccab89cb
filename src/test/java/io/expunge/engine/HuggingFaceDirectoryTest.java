package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceDirectoryTest {

    private static final Function<String, Optional<float[]>> NOTHING = name -> Optional.empty();

    @TempDir
    private Path directory;

    private Path source;
    private Path target;

    @BeforeEach
    void besideTheWeights() throws Exception {
        source = Files.createDirectories(directory.resolve("in/model"));
        target = Files.createDirectories(directory.resolve("out")).resolve("model");
        Files.writeString(source.resolve("config.json"), "{\"model_type\": \"llama\"}");
        Files.writeString(source.resolve("tokenizer.json"), "{}");
        Files.write(source.resolve("README.md"), new byte[] {'#', ' ', (byte) 0xE9, '\r', '\n'}); // not even UTF-8
        Files.createDirectories(source.resolve("extra/deep"));
        Files.writeString(source.resolve("extra/deep/generation_config.json"), "{}\n");
    }

    static Stream<List<StoredTensor>> files() {
        return Stream.of(
                List.of(StoredTensor.random("a", "F32", 1, 7, 5), StoredTensor.random("b", "F32", 2, 9)),
                List.of(StoredTensor.random("a", "BF16", 3, 7, 5), StoredTensor.random("b", "BF16", 4, 9)),
                List.of(StoredTensor.random("a", "F16", 5, 7, 5), StoredTensor.random("b", "F16", 6, 9)),
                List.of(
                        StoredTensor.random("a", "F64", 7, 3),
                        StoredTensor.random("b", "BF16", 8, 3),
                        StoredTensor.random("c", "BOOL", 9, 3),
                        StoredTensor.random("d", "F16", 10, 3),
                        StoredTensor.random("e", "I64", 11, 3),
                        StoredTensor.random("f", "F32", 12, 3)));
    }

    @ParameterizedTest
    @MethodSource("files")
    void aModelThatDidNotChangeIsWrittenByteForByte(List<StoredTensor> tensors) throws Exception {
        single(tensors.toArray(StoredTensor[]::new));
        var opened = HuggingFaceDirectory.open(source);
        assertThat(opened.write(target, NOTHING)).isZero();
        assertThat(tree(target)).isEqualTo(tree(source));
        var again = directory.resolve("out/again");
        assertThat(opened.write(again, name -> master(opened, name, 1))).isZero();
        assertThat(tree(again)).isEqualTo(tree(source));
    }

    @ParameterizedTest
    @CsvSource({"BF16, 0x1.002p0", "F16, 0x1.0004p0"})
    void mastersThatMovedByLessThanHalfAUnitLeaveNoTrace(String type, String factor) throws Exception {
        single(StoredTensor.random("a", type, 3, 200, 5));
        var opened = HuggingFaceDirectory.open(source);
        assertThat(opened.write(target, name -> master(opened, name, Float.parseFloat(factor))))
                .isZero();
        assertThat(tree(target)).isEqualTo(tree(source));
    }

    @Test
    void aModelInThreeShardsIsWrittenByteForByteAndAChangedTensorChangesItsBytesAlone() throws Exception {
        var changed = StoredTensor.random("layers.1.w", "BF16", 2, 4, 2);
        shards(Map.of(
                "model-00001-of-00003.safetensors",
                new StoredTensor[] {StoredTensor.random("embed", "BF16", 1, 6, 2)},
                "model-00002-of-00003.safetensors",
                new StoredTensor[] {
                    StoredTensor.random("layers.0.w", "BF16", 3, 4, 2),
                    changed,
                    StoredTensor.random("layers.2.w", "F32", 4, 4, 2)
                },
                "model-00003-of-00003.safetensors",
                new StoredTensor[] {StoredTensor.random("norm", "F32", 5, 6)}));
        var opened = HuggingFaceDirectory.open(source);
        assertThat(opened.names()).containsExactly("embed", "layers.0.w", "layers.1.w", "layers.2.w", "norm");
        assertThat(opened.shape("layers.1.w")).containsExactly(4, 2);
        opened.write(directory.resolve("out/same"), NOTHING);
        assertThat(tree(directory.resolve("out/same"))).isEqualTo(tree(source));

        var values = new float[] {1, 2, 3, 4, 5, 6, 7, 8};
        assertThat(opened.write(target, name -> name.equals("layers.1.w") ? Optional.of(values) : Optional.empty()))
                .isEqualTo(8);
        var expected = tree(source);
        // The second of three tensors, and the last lies first: 4 · 2 · 4 bytes of fp32, then these as bf16.
        var shard = Files.readAllBytes(source.resolve("model-00002-of-00003.safetensors"));
        var bits = HexFormat.of().parseHex("803F" + "0040" + "4040" + "8040" + "A040" + "C040" + "E040" + "0041");
        System.arraycopy(bits, 0, shard, shard.length - 2 * 16, 16);
        expected.put("model-00002-of-00003.safetensors", HexFormat.of().formatHex(shard));
        assertThat(tree(target)).isEqualTo(expected);
        assertThat(HuggingFaceDirectory.open(target).read("layers.1.w")).isEqualTo(values);
    }

    @Test
    void tensorsLargerThanAChunkAreChangedWhereTheyChanged() throws Exception {
        int n = Disk.CHUNK + 3;
        single(StoredTensor.random("a", "BF16", 1, n), StoredTensor.random("b", "F32", 2, 3));
        var opened = HuggingFaceDirectory.open(source);
        var values = opened.read("a");
        values[n - 1] = 1;
        values[Disk.CHUNK / 2] = 1;
        assertThat(opened.write(target, name -> name.equals("a") ? Optional.of(values) : Optional.empty()))
                .isEqualTo(2);
        var before = Files.readAllBytes(source.resolve("model.safetensors"));
        int begin = before.length - 2 * n;
        for (int place : new int[] {n - 1, Disk.CHUNK / 2}) {
            before[begin + 2 * place] = (byte) 0x80;
            before[begin + 2 * place + 1] = 0x3F;
        }
        assertThat(Files.readAllBytes(target.resolve("model.safetensors"))).isEqualTo(before);
    }

    @Test
    void aValueThatCannotBeStoredIsRefusedAndNothingIsLeftBehind() throws Exception {
        single(StoredTensor.random("a", "F16", 1, 2), StoredTensor.random("i", "I64", 1, 2));
        var opened = HuggingFaceDirectory.open(source);
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> opened.write(target, only("a", 1, 70_000)))
                .withMessageContaining("model.safetensors: tensor a would hold 70000.0");
        assertThatExceptionOfType(ModelRefused.class).isThrownBy(() -> opened.write(target, only("a", Float.NaN, 1)));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> opened.write(target, only("a", 1)))
                .withMessageContaining("tensor a must get 2 values but got 1");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> opened.write(target, only("i", 1, 2)))
                .withMessageContaining("tensor i");
        assertThat(directory.resolve("out")).isEmptyDirectory();
        Files.createDirectory(target);
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> opened.write(target, NOTHING));
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void theSectionOfTheModelCardIsReplacedAndTheRestOfTheCardStays() throws Exception {
        single(StoredTensor.random("a", "F32", 1, 2));
        HuggingFaceDirectory.open(source).write(target, NOTHING, "Forgot 3 records – see the certificate.");
        var card = Files.readAllBytes(target.resolve("README.md"));
        assertThat(Arrays.copyOf(card, 5)).isEqualTo(Files.readAllBytes(source.resolve("README.md")));
        assertThat(new String(card, 5, card.length - 5, StandardCharsets.UTF_8))
                .isEqualTo("\n<!-- expunge:begin -->\nForgot 3 records – see the certificate.\n<!-- expunge:end -->\n");

        var again = directory.resolve("out/again");
        Files.writeString(target.resolve("README.md"), "after\n", java.nio.file.StandardOpenOption.APPEND);
        HuggingFaceDirectory.open(target).write(again, NOTHING, "Forgot 4.");
        assertThat(Files.readString(again.resolve("README.md"), StandardCharsets.ISO_8859_1))
                .isEqualTo("# é\r\n\n<!-- expunge:begin -->\nForgot 4.\n<!-- expunge:end -->\nafter\n");

        Files.delete(source.resolve("README.md"));
        HuggingFaceDirectory.open(source).write(directory.resolve("out/bare"), NOTHING, "New.");
        assertThat(directory.resolve("out/bare/README.md"))
                .hasContent("<!-- expunge:begin -->\nNew.\n<!-- expunge:end -->\n");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> HuggingFaceDirectory.open(source)
                        .write(directory.resolve("out/no"), NOTHING, "<!-- expunge:end -->"));
    }

    @ParameterizedTest
    @CsvSource({"F32, 3.1415927", "BF16, 3.140625", "F16, 3.140625"})
    void aModelMadeHereIsADirectoryWithItsTokenizer(ElementType type, float rounded) {
        var learnt = BytePairTrainer.train(List.of("to be or not to be"), 300);
        var tensors = Map.of("embed", new Safetensors.Tensor(new long[] {1, 2}, new float[] {3.1415927f, -1}));
        var made = HuggingFaceDirectory.create(target, "{}", tensors, type, learnt);
        assertThat(made.type("embed")).isEqualTo(type);
        assertThat(made.read("embed")).containsExactly(rounded, -1);
        try (var tokenizer = made.tokenizer(learnt.size())) {
            assertThat(tokenizer.decode(tokenizer.encode("to be"))).isEqualTo("to be");
        }
        assertThatExceptionOfType(ModelRefused.class).isThrownBy(() -> made.tokenizer(learnt.size() - 1));
        assertThat(HuggingFaceDirectory.open(target).write(directory.resolve("out/copy"), NOTHING))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "old.pt", "old.pth", "extra/old.PKL", "last.ckpt"})
    void picklesAreRefusedByTheirName(String name) throws Exception {
        single(StoredTensor.random("a", "F32", 1, 2));
        Files.writeString(source.resolve(name), "anything");
        refused(name, "a pickle is a program");
    }

    @ParameterizedTest
    @CsvSource({
        "notes.txt, 504B0304140000000000", // a zip archive, as torch.save writes it
        "weights.dat, 80029D71002E0000000000", // protocol 2
        "weights, 80049503000000000000004B012E", // protocol 4
        "model.safetensors, 80059503000000000000004B012E",
        "short, 80024E2E",
    })
    void picklesAreRefusedByTheirFirstBytes(String name, String bytes) throws Exception {
        single(StoredTensor.random("a", "F32", 1, 2));
        Files.write(source.resolve(name), HexFormat.of().parseHex(bytes));
        refused(name, "a pickle is a program");
    }

    @Test
    void aHeaderWhoseLengthBeginsLikeAPickleIsNone() throws Exception {
        int longer = 0x280 - (StoredTensor.file(StoredTensor.random("", "F32", 1, 2)).length - 8 - 8);
        single(StoredTensor.random("a".repeat(longer), "F32", 1, 2));
        assertThat(Files.readAllBytes(source.resolve("model.safetensors"))).startsWith(0x80, 0x02, 0);
        assertThat(HuggingFaceDirectory.open(source).names()).hasSize(1);
    }

    @Test
    void linksAndWeightsThatAnEditWouldNotReachAreRefused() throws Exception {
        single(StoredTensor.random("a", "F32", 1, 2));
        Files.writeString(source.resolve("model.gguf"), "GGUF");
        refused("model.gguf", "would not reach");
        Files.delete(source.resolve("model.gguf"));
        Files.write(source.resolve("adapter.safetensors"), StoredTensor.file(StoredTensor.random("b", "F32", 1, 2)));
        refused("adapter.safetensors", "not part of the model");
        Files.delete(source.resolve("adapter.safetensors"));
        Files.createSymbolicLink(source.resolve("extra/notes.txt"), source.resolve("README.md"));
        refused("extra/notes.txt", "link");
    }

    @Test
    void aMissingOrBrokenPartIsRefusedByItsName() throws Exception {
        refused("model.safetensors", "neither");
        single(StoredTensor.random("a", "F32", 1, 2));
        var weights = Files.readAllBytes(source.resolve("model.safetensors"));
        Files.write(source.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length - 1));
        refused("model.safetensors", "tensors end at byte 8 but the file has 7");
        Files.write(source.resolve("model.safetensors"), weights);
        Files.writeString(source.resolve("model.safetensors.index.json"), "{}");
        refused("model.safetensors", "both");
        Files.delete(source.resolve("model.safetensors.index.json"));
        Files.delete(source.resolve("tokenizer.json"));
        refused("tokenizer.json", "missing");
        Files.writeString(source.resolve("tokenizer.json"), "{}");
        Files.writeString(source.resolve("config.json"), "[]");
        refused("config.json", "not a JSON object");
        Files.delete(source.resolve("config.json"));
        refused("config.json", "missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'a':'1.safetensors','b':'1.safetensors'                      | 1.safetensors: tensor b | is missing",
                "'a':'2.safetensors','b':'1.safetensors'                      | 1.safetensors: tensor a belongs | to 2.safetensors",
                "'a':'1.safetensors','b':'2.safetensors','c':'2.safetensors'  | 2.safetensors: tensor c | is missing",
                "'a':'1.safetensors','b':'3.safetensors'                      | 3.safetensors  | is missing",
                "'a':'1.safetensors','b':'2.safetensors','b':'1.safetensors'  | tensor b       | twice",
                "'a':'1.safetensors','b':'../model/2.safetensors'             | tensor b       | ../model/2.safetensors",
                "'a':'1.safetensors','b':'README.md'                          | tensor b       | README.md",
                "'a':'1.safetensors','b':7                                    | index.json     | not the name of a safetensors file",
                "                                                             | index.json     | no weight_map",
            })
    void anIndexThatLiesIsRefused(String map, String named, String reason) throws Exception {
        Files.write(source.resolve("1.safetensors"), StoredTensor.file(StoredTensor.random("a", "F32", 1, 2)));
        Files.write(source.resolve("2.safetensors"), StoredTensor.file(StoredTensor.random("b", "F32", 1, 2)));
        index((map == null ? "" : map).replace('\'', '"'), 16);
        refused(named, reason);
    }

    @Test
    void aTensorInTwoShardsOrInNoneAndAWrongTotalAreRefused() throws Exception {
        var a = StoredTensor.random("a", "F32", 1, 2);
        shards(Map.of("1.safetensors", new StoredTensor[] {a}));
        index("\"a\":\"1.safetensors\"", 9);
        refused("index.json", "total_size of 9 bytes but the tensors have 8");
        Files.write(source.resolve("2.safetensors"), StoredTensor.file(a, StoredTensor.random("b", "F32", 1, 2)));
        index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"", 16);
        refused("2.safetensors: tensor a", "stands in 1.safetensors already");
        Files.write(source.resolve("2.safetensors"), StoredTensor.file(StoredTensor.random("b", "F32", 1, 2)));
        index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"", 16);
        assertThat(HuggingFaceDirectory.open(source).names()).containsExactly("a", "b");
        index("\"a\":\"1.safetensors\"", 8);
        refused("2.safetensors", "not part of the model");
        Files.delete(source.resolve("2.safetensors"));
        Files.write(source.resolve("1.safetensors"), StoredTensor.file(a, StoredTensor.random("b", "F32", 1, 2)));
        refused("1.safetensors: tensor b belongs", "to no file");
    }

    private void refused(String named, String reason) {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> HuggingFaceDirectory.open(source))
                .withMessageContaining(named)
                .withMessageContaining(reason);
    }

    private void single(StoredTensor... tensors) throws Exception {
        Files.write(source.resolve("model.safetensors"), StoredTensor.file(tensors));
    }

    private void shards(Map<String, StoredTensor[]> shards) throws Exception {
        Map<String, String> map = new LinkedHashMap<>();
        long bytes = 0;
        for (var shard : shards.entrySet()) {
            Files.write(source.resolve(shard.getKey()), StoredTensor.file(shard.getValue()));
            for (var tensor : shard.getValue()) {
                map.put(tensor.name(), shard.getKey());
                bytes += tensor.bytes().length;
            }
        }
        index(
                map.entrySet().stream()
                        .map(entry -> "\"%s\": \"%s\"".formatted(entry.getKey(), entry.getValue()))
                        .collect(java.util.stream.Collectors.joining(",\n")),
                bytes);
    }

    private void index(String map, long bytes) throws Exception {
        Files.writeString(
                source.resolve("model.safetensors.index.json"),
                "{\"metadata\": {\"total_size\": %d}, \"weight_map\": {%s}}".formatted(bytes, map));
    }

    private static Function<String, Optional<float[]>> only(String tensor, float... values) {
        return name -> name.equals(tensor) ? Optional.of(values) : Optional.empty();
    }

    private static Optional<float[]> master(HuggingFaceDirectory opened, String name, float factor) {
        if (!opened.type(name).isFloating()) {
            return Optional.empty();
        }
        var values = opened.read(name);
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Optional.of(values);
    }

    private static Map<String, String> tree(Path root) throws Exception {
        Map<String, String> tree = new TreeMap<>();
        try (var walk = Files.walk(root)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                tree.put(root.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return tree;
    }
}
