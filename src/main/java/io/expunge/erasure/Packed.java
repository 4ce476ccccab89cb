package io.expunge.erasure;

import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.RecordRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Lists of ids as bytes, one after another. */
final class Packed {

    private static final int PSEUDONYM = 16;
    private static final int RECORD = 20;
    private static final int ID = 16;

    private Packed() {}

    static byte[] people(Collection<Pseudonym> people) {
        var buffer = ByteBuffer.wrap(new byte[people.size() * PSEUDONYM]);
        people.forEach(person -> buffer.put(person.bytes()));
        return bytes(buffer);
    }

    static List<Pseudonym> people(byte[] packed) {
        var all = new ArrayList<Pseudonym>();
        for (int at = 0; at < packed.length; at += PSEUDONYM) {
            all.add(Pseudonym.of(Arrays.copyOfRange(packed, at, at + PSEUDONYM)));
        }
        return all;
    }

    static byte[] records(Collection<RecordRef> records) {
        var buffer = ByteBuffer.wrap(new byte[records.size() * RECORD]);
        records.forEach(record -> buffer.putLong(record.datasetId().getMostSignificantBits())
                .putLong(record.datasetId().getLeastSignificantBits())
                .putInt(record.ordinal()));
        return bytes(buffer);
    }

    static List<RecordRef> records(byte[] packed) {
        var buffer = ByteBuffer.wrap(packed);
        var all = new ArrayList<RecordRef>();
        while (buffer.hasRemaining()) {
            all.add(new RecordRef(new UUID(buffer.getLong(), buffer.getLong()), buffer.getInt()));
        }
        return all;
    }

    static byte[] ids(Collection<UUID> ids) {
        var buffer = ByteBuffer.wrap(new byte[ids.size() * ID]);
        ids.forEach(id -> buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()));
        return bytes(buffer);
    }

    static List<UUID> ids(byte[] packed) {
        var buffer = ByteBuffer.wrap(packed);
        var all = new ArrayList<UUID>();
        while (buffer.hasRemaining()) {
            all.add(new UUID(buffer.getLong(), buffer.getLong()));
        }
        return all;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var all = new byte[buffer.capacity()];
        buffer.rewind().get(all);
        return all;
    }
}
