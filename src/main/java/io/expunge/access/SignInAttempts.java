package io.expunge.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Slows down whoever guesses passwords: after a few failures for one name, or many from one address, the next attempt must
 * wait, twice as long each time. Names that nobody has are treated alike, so that nothing is learned from it.
 */
@Component
class SignInAttempts {

    private static final int FREE_FOR_A_NAME = 5;
    private static final int FREE_FOR_AN_ADDRESS = 50;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final Clock clock;

    SignInAttempts(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Until when nobody may try this name, or from this address; empty when one may now. */
    Optional<Instant> blockedUntil(String name, String address) {
        return jdbc.sql("select max(blocked_until) from sign_in_attempt where key in (?, ?) and blocked_until > ?")
                .param(name(name))
                .param(address(address))
                .param(Timestamp.from(clock.instant()))
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant);
    }

    void failed(String name, String address) {
        count(name(name), FREE_FOR_A_NAME);
        count(address(address), FREE_FOR_AN_ADDRESS);
        jdbc.sql("delete from sign_in_attempt where last_at < ?")
                .param(Timestamp.from(clock.instant().minus(REMEMBERED)))
                .update();
    }

    /** The address keeps its count: whoever knows one password may still guess others'. */
    void succeeded(String name) {
        jdbc.sql("delete from sign_in_attempt where key = ?").param(name(name)).update();
    }

    private void count(byte[] key, int free) {
        var now = clock.instant();
        int failures = jdbc.sql("""
                        insert into sign_in_attempt as a (key, failures, last_at) values (:key, 1, :now)
                        on conflict (key) do update set last_at = excluded.last_at,
                            failures = case when a.last_at < :forgotten then 1 else a.failures + 1 end
                        returning failures
                        """)
                .param("key", key)
                .param("now", Timestamp.from(now))
                .param("forgotten", Timestamp.from(now.minus(REMEMBERED)))
                .query(Integer.class)
                .single();
        if (failures >= free) {
            var wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - free, 10));
            jdbc.sql("update sign_in_attempt set blocked_until = ? where key = ?")
                    .param(Timestamp.from(now.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT)))
                    .param(key)
                    .update();
        }
    }

    private static byte[] name(String name) {
        return digest("name:" + name.toLowerCase(Locale.ROOT));
    }

    private static byte[] address(String address) {
        return digest("address:" + address);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
