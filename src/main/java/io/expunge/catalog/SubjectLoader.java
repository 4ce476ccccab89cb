package io.expunge.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.stereotype.Component;

/** Fills the subject index by binary COPY, in the transaction of the caller. */
@Component
class SubjectLoader {

    /** Signature, flags and length of the header extension of COPY's binary format. */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final int ROW = 2 + 3 * (4 + Pseudonym.LENGTH) + 4 + Integer.BYTES;
    private static final int ROWS_AT_ONCE = 4_096;

    private final DataSource dataSource;

    SubjectLoader(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Adds every record of a known person.
     *
     * @param subjects file of pseudonyms in the order of the records, zeros where nobody is known
     * @return how many distinct people there are
     */
    long load(UUID controller, UUID dataset, Path subjects) {
        var connection = DataSourceUtils.getConnection(dataSource);
        // rows in the order of the index fill its pages one after another instead of touching all of them
        try (var order = new SubjectOrder(subjects)) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("""
                            copy subject_record (controller_id, pseudonym, dataset_id, ordinal)
                            from stdin with (format binary)
                            """);
            try {
                copy(copy, order, controller, dataset);
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
            return order.people();
        } catch (java.sql.SQLException e) {
            var translated =
                    new SQLErrorCodeSQLExceptionTranslator(dataSource).translate("fill the subject index", null, e);
            throw translated == null ? new IllegalStateException("cannot fill the subject index") : translated;
        } catch (IOException e) {
            throw Artifacts.explain(e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    private static void copy(CopyIn copy, SubjectOrder order, UUID controller, UUID dataset)
            throws java.sql.SQLException {
        var bytes = new byte[ROW * ROWS_AT_ONCE];
        var buffer = ByteBuffer.wrap(bytes);
        copy.writeToCopy(HEADER, 0, HEADER.length);
        for (int place = 0; place < order.size(); place++) {
            put(buffer.putShort((short) 4), controller);
            buffer.putInt(Pseudonym.LENGTH);
            order.pseudonym(place, bytes, buffer.position());
            put(buffer.position(buffer.position() + Pseudonym.LENGTH), dataset);
            buffer.putInt(Integer.BYTES).putInt(order.ordinal(place));
            if (!buffer.hasRemaining()) {
                flush(copy, bytes, buffer);
            }
        }
        flush(copy, bytes, buffer);
        copy.writeToCopy(new byte[] {-1, -1}, 0, 2);
        copy.endCopy();
    }

    private static void put(ByteBuffer buffer, UUID id) {
        buffer.putInt(2 * Long.BYTES).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static void flush(CopyIn copy, byte[] bytes, ByteBuffer buffer) throws java.sql.SQLException {
        copy.writeToCopy(bytes, 0, buffer.position());
        buffer.clear();
    }
}
