package io.expunge.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A tensor as bytes, put into a file by text and concatenation alone. */
record StoredTensor(String name, String type, int[] shape, byte[] bytes) {

    /** Bit patterns drawn at random among the finite ones of a type, or any bytes for other types. */
    static StoredTensor random(String name, String type, int seed, int... shape) {
        int width = switch (type) {
            case "F64", "I64" -> 8;
            case "F32" -> 4;
            case "F16", "BF16" -> 2;
            default -> 1;
        };
        var buffer = ByteBuffer.allocate(Arrays.stream(shape).reduce(1, (a, b) -> a * b) * width)
                .order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(seed);
        while (buffer.hasRemaining()) {
            switch (type) {
                case "F64" -> buffer.putDouble(random.nextGaussian());
                case "F32" -> buffer.putFloat((float) random.nextGaussian());
                // exponents below the highest, so neither infinite nor no number
                case "F16" -> buffer.putShort((short) (random.nextInt() & 0xBBFF));
                case "BF16" -> buffer.putShort((short) (random.nextInt() & 0xBFFF));
                default -> buffer.put((byte) random.nextInt());
            }
        }
        return new StoredTensor(name, type, shape, buffer.array());
    }

    /** The header lists the tensors in this order, their bytes lie in the file in the opposite one. */
    static byte[] file(StoredTensor... tensors) {
        var backwards = new ArrayList<>(List.of(tensors));
        Collections.reverse(backwards);
        var header = new StringBuilder("{ \"__metadata__\": {\"format\":\"pt\", \"why\":\"test\"}");
        for (var tensor : tensors) {
            int begin = begin(backwards, tensor);
            header.append(",\n  \"%s\": {\"shape\": %s, \"dtype\": \"%s\", \"data_offsets\": [%d, %d]}"
                    .formatted(
                            tensor.name,
                            Arrays.toString(tensor.shape),
                            tensor.type,
                            begin,
                            begin + tensor.bytes.length));
        }
        var all = new ByteArrayOutputStream();
        var json = header.append("}   ").toString().getBytes(StandardCharsets.UTF_8);
        all.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        all.writeBytes(json);
        backwards.forEach(tensor -> all.writeBytes(tensor.bytes));
        return all.toByteArray();
    }

    private static int begin(List<StoredTensor> placed, StoredTensor tensor) {
        return placed.subList(0, placed.indexOf(tensor)).stream()
                .mapToInt(before -> before.bytes.length)
                .sum();
    }
}
