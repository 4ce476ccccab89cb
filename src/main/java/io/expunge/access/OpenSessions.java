package io.expunge.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Sessions of the console, in whichever process they began. */
@Component
class OpenSessions {

    private final JdbcClient jdbc;

    OpenSessions(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void end(UUID user) {
        endOthers(user, null);
    }

    /** Ends a user's sessions but the one of this id. */
    void endOthers(UUID user, @Nullable String mine) {
        jdbc.sql("delete from console_session where principal_name = ? and session_id is distinct from ?")
                .param("user:" + user)
                .param(mine)
                .update();
    }
}
