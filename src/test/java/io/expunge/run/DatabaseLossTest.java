package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.CannotCreateTransactionException;

class DatabaseLossTest {

    @Test
    void aLostConnectionOrAServerThatStopsIsALoss() {
        assertThat(DatabaseLoss.caused(new DataAccessResourceFailureException("away")))
                .isTrue();
        assertThat(DatabaseLoss.caused(new CannotCreateTransactionException("away")))
                .isTrue();
        assertThat(DatabaseLoss.caused(new IllegalStateException(new SQLException("broken", "08006"))))
                .isTrue();
        assertThat(DatabaseLoss.caused(new SQLException("terminating", "57P01")))
                .isTrue();
    }

    @Test
    void anyOtherFailureIsTheWorks() {
        assertThat(DatabaseLoss.caused(new IllegalStateException("a fault"))).isFalse();
        assertThat(DatabaseLoss.caused(new DuplicateKeyException("twice", new SQLException("twice", "23505"))))
                .isFalse();
        assertThat(DatabaseLoss.caused(new SQLException("no state"))).isFalse();
    }
}
