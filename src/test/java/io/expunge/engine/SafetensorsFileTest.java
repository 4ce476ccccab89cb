package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

    @TempDir
    private Path directory;

    @Test
    @Timeout(20)
    void aTensorBehindEightGibibytesIsReadWithoutThem() throws Exception {
        long hole = 1L << 33;
        var file = directory.resolve("sparse.safetensors");
        var header = """
                {"huge":{"dtype":"F32","shape":[2147483648],"data_offsets":[0,%d]},\
                "small":{"dtype":"BF16","shape":[2],"data_offsets":[%d,%d]}}""".formatted(hole, hole, hole + 4);
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(littleEndian(header.length()));
            sparse.write(header.getBytes(StandardCharsets.UTF_8));
            sparse.seek(8 + header.length() + hole);
            sparse.write(new byte[] {(byte) 0x80, 0x3F, 0x20, (byte) 0xC0}); // 1.0 = 3F80, −2.5 = C020
        }
        var opened = SafetensorsFile.open(file);
        assertThat(opened.read(opened.tensors().get("small"))).containsExactly(1, -2.5f);
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> opened.read(opened.tensors().get("huge")))
                .withMessageContaining("huge");
    }

    @Test
    void tensorsLargerThanAChunkAreReadInOrder() throws Exception {
        int n = 3 * Disk.CHUNK / 8 + 5;
        var bytes = ByteBuffer.allocate(n * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            bytes.putDouble(i);
        }
        var opened = open(StoredTensor.file(new StoredTensor("x", "F64", new int[] {n}, bytes.array())));
        var values = opened.read(opened.tensors().get("x"));
        assertThat(values).hasSize(n);
        for (int i = 0; i < n; i++) {
            assertThat(values[i]).isEqualTo(i);
        }
    }

    @Test
    void namesTypesShapesAndMetadataStandInTheOrderOfTheHeader() throws Exception {
        var opened = open(StoredTensor.file(
                StoredTensor.random("b", "BF16", 1, 2, 3),
                StoredTensor.random("scalar", "F32", 2),
                StoredTensor.random("none", "F16", 3, 0, 4),
                StoredTensor.random("a", "I64", 4, 1)));
        assertThat(opened.tensors().keySet()).containsExactly("b", "scalar", "none", "a");
        assertThat(opened.tensors().get("b").type()).isEqualTo(ElementType.BF16);
        assertThat(opened.tensors().get("b").shape()).containsExactly(2, 3);
        assertThat(opened.read(opened.tensors().get("scalar"))).hasSize(1);
        assertThat(opened.read(opened.tensors().get("none"))).isEmpty();
        assertThat(opened.metadata()).isEqualTo(Map.of("format", "pt", "why", "test"));
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> opened.read(opened.tensors().get("a")))
                .withMessageContaining("tensor a is of type I64");
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 0000807F", // infinity
        "F32, 0000C07F", // not a number
        "F16, 007C",
        "F16, 01FE",
        "BF16, 80FF",
        "F64, 000000000000F07F",
        "F64, 000000000000F047", // 2¹²⁸: finite, but not as fp32
    })
    void aValueThatIsNoFiniteNumberIsRefusedByItsTensor(String type, String bits) throws Exception {
        var bytes = HexFormat.of().parseHex(bits);
        var opened = open(StoredTensor.file(new StoredTensor("x.weight", type, new int[] {1}, bytes)));
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> opened.read(opened.tensors().get("x.weight")))
                .withMessageContaining("x.weight");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'x':{'dtype':'F8_E4M3','shape':[4],'data_offsets':[0,4]}}           | F8_E4M3",
                "{'x':{'dtype':'BF16','shape':[1],'data_offsets':[0,4]}}              | don't fit",
                "{'x':{'dtype':'F16','shape':[1],'data_offsets':[2,4]}}               | gap",
                "{'x':{'dtype':'BOOL','shape':[3],'data_offsets':[0,3]}}              | end at byte 3",
                "{'x':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'y':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | y overlaps",
                "{'x':{'dtype':'U8','shape':[4],'data_offsets':[0,4],'dtype':'U8'}}   | dtype twice",
                "{'x':{'dtype':'U8','shape':[4],'data_offsets':[0,4],'more':1}}       | unknown header field",
                "{'x':{'dtype':'F32','data_offsets':[0,4]}}                           | no shape",
                "{'x':{'dtype':'U8','shape':[-4],'data_offsets':[0,4]}}               | impossible shape",
                "{'x':{'dtype':'U8','shape':[4],'data_offsets':[0,4,4]}}              | two data_offsets",
                "{'x':{'dtype':'U8','shape':['4'],'data_offsets':[0,4]}}              | whole numbers",
                "{'x':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}} {}             | JSON",
            })
    void aHeaderThatLiesIsRefused(String header, String reason) {
        var json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + json.length + 4)
                .put(littleEndian(json.length))
                .put(json)
                .array();
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> open(bytes))
                .withMessageContaining(reason);
    }

    @Test
    void whatIsWrittenInAShorterTypeIsReadBackRounded() throws Exception {
        var file = directory.resolve("written.safetensors");
        var tensors = Map.of("w", new Safetensors.Tensor(new long[] {3}, new float[] {1.00390625f, -2.5f, 3.1415927f}));
        Safetensors.write(file, tensors, Map.of("format", "pt"), ElementType.BF16);
        var opened = SafetensorsFile.open(file);
        assertThat(opened.read(opened.tensors().get("w"))).containsExactly(1, -2.5f, 3.140625f);
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Safetensors.write(
                        file,
                        Map.of("w", new Safetensors.Tensor(new long[] {1}, new float[] {1e5f})),
                        Map.of(),
                        ElementType.F16))
                .withMessageContaining("tensor w");
    }

    private SafetensorsFile open(byte[] bytes) throws Exception {
        return SafetensorsFile.open(Files.write(directory.resolve("x.safetensors"), bytes));
    }

    private static byte[] littleEndian(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}
