package io.expunge.run;

import java.sql.SQLException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells a database that went away from a fault of the work: the first says nothing about the run. */
final class DatabaseLoss {

    private static final int DEPTH = 20;

    private DatabaseLoss() {}

    /** Whether a lost connection, or a server that stops or starts, lies behind {@code failure}. */
    static boolean caused(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < DEPTH; cause = cause.getCause(), depth++) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof CannotCreateTransactionException
                    || (cause instanceof SQLException sql && connectionState(sql))) {
                return true;
            }
        }
        return false;
    }

    /** Class 08 is the connection, class 57P a server that was told to go or is not up yet. */
    private static boolean connectionState(SQLException e) {
        var state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }
}
