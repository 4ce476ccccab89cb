package io.expunge.catalog;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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

    private static final int ROW = 2 + 4 + Pseudonym.LENGTH + 4 + 4;
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
        try (var statement = connection.createStatement()) {
            statement.execute("create temporary table incoming (pseudonym bytea, ordinal integer) on commit drop");
            var copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy incoming from stdin with (format binary)");
            try {
                copy(copy, subjects);
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
            // rows in the order of the index fill its pages one after another instead of touching all of them
            try (var insert = connection.prepareStatement("""
                    insert into subject_record (controller_id, pseudonym, dataset_id, ordinal)
                    select ?, pseudonym, ?, ordinal from incoming order by pseudonym, ordinal
                    """)) {
                insert.setObject(1, controller);
                insert.setObject(2, dataset);
                insert.executeUpdate();
            }
            try (var people = statement.executeQuery("select count(distinct pseudonym) from incoming")) {
                people.next();
                return people.getLong(1);
            }
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

    private static void copy(CopyIn copy, Path subjects) throws IOException, java.sql.SQLException {
        var bytes = new byte[ROW * ROWS_AT_ONCE];
        var buffer = ByteBuffer.wrap(bytes);
        var nobody = new byte[Pseudonym.LENGTH];
        var person = new byte[Pseudonym.LENGTH];
        copy.writeToCopy(HEADER, 0, HEADER.length);
        long records = Files.size(subjects) / Pseudonym.LENGTH;
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(subjects), 1 << 16))) {
            for (int ordinal = 0; ordinal < records; ordinal++) {
                in.readFully(person);
                if (java.util.Arrays.equals(person, nobody)) {
                    continue;
                }
                buffer.putShort((short) 2).putInt(Pseudonym.LENGTH).put(person);
                buffer.putInt(Integer.BYTES).putInt(ordinal);
                if (!buffer.hasRemaining()) {
                    flush(copy, bytes, buffer);
                }
            }
        }
        flush(copy, bytes, buffer);
        copy.writeToCopy(new byte[] {-1, -1}, 0, 2);
        copy.endCopy();
    }

    private static void flush(CopyIn copy, byte[] bytes, ByteBuffer buffer) throws java.sql.SQLException {
        copy.writeToCopy(bytes, 0, buffer.position());
        buffer.clear();
    }
}
