package io.expunge.access;

import io.expunge.api.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** People who sign in to the console. */
@Component
class UserTable {

    private static final String SELECT = """
        select u.id, u.controller_id, c.name, c.time_zone, u.name, u.roles, u.password, u.one_time, u.credential,
               u.enabled, u.created_at, u.last_sign_in_at, u.issuer
        from console_user u join controller c on c.id = u.controller_id
        """;

    private final JdbcClient jdbc;

    UserTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Somebody who signs in.
     *
     * @param password a hash; null for whom an identity provider signs in
     * @param credential counts passwords; a session that began under an earlier one has ended
     * @param issuer the identity provider that signs the user in; null for a password
     */
    record Row(
            UUID id,
            UUID controller,
            String controllerName,
            ZoneId zone,
            String name,
            List<Role> roles,
            @Nullable String password,
            boolean oneTime,
            int credential,
            boolean enabled,
            Instant createdAt,
            @Nullable Instant lastSignInAt,
            @Nullable String issuer) {

        boolean has(Role role) {
            return roles.contains(role);
        }
    }

    void add(UUID id, UUID controller, String name, Collection<Role> roles, String password, Instant at) {
        jdbc.sql("""
            insert into console_user
                (id, controller_id, name, roles, password, one_time, credential, enabled, created_at)
            values (:id, :controller, :name, :roles, :password, true, 1, true, :at)
            """)
                .param("id", id)
                .param("controller", controller)
                .param("name", name)
                .param("roles", packed(roles))
                .param("password", password)
                .param("at", Timestamp.from(at))
                .update();
    }

    void addOfProvider(
            UUID id, UUID controller, String name, Collection<Role> roles, String issuer, String subject, Instant at) {
        jdbc.sql("""
            insert into console_user
                (id, controller_id, name, roles, issuer, subject, one_time, credential, enabled, created_at,
                 last_sign_in_at)
            values (:id, :controller, :name, :roles, :issuer, :subject, false, 1, true, :at, :at)
            """)
                .param("id", id)
                .param("controller", controller)
                .param("name", name)
                .param("roles", packed(roles))
                .param("issuer", issuer)
                .param("subject", subject)
                .param("at", Timestamp.from(at))
                .update();
    }

    Optional<Row> ofProvider(String issuer, String subject) {
        return jdbc.sql(SELECT + " where u.issuer = ? and u.subject = ?")
                .param(issuer)
                .param(subject)
                .query(UserTable::read)
                .optional();
    }

    Optional<Row> find(UUID id) {
        return jdbc.sql(SELECT + " where u.id = ?")
                .param(id)
                .query(UserTable::read)
                .optional();
    }

    /** Whoever signs in by this name and a password. */
    Optional<Row> named(String name) {
        return jdbc.sql(SELECT + " where lower(u.name) = lower(?) and u.issuer is null")
                .param(name)
                .query(UserTable::read)
                .optional();
    }

    List<Row> of(UUID controller) {
        return jdbc.sql(SELECT + " where u.controller_id = ? order by u.name")
                .param(controller)
                .query(UserTable::read)
                .list();
    }

    /** Whoever else changes this controller's users waits until the caller's transaction ends. */
    void hold(UUID controller) {
        jdbc.sql("select 1 from controller where id = ? for update")
                .param(controller)
                .query(Integer.class)
                .single();
    }

    void roles(UUID id, Collection<Role> roles) {
        jdbc.sql("update console_user set roles = ? where id = ?")
                .param(packed(roles))
                .param(id)
                .update();
    }

    void enabled(UUID id, boolean enabled) {
        jdbc.sql("update console_user set enabled = ? where id = ?")
                .param(enabled)
                .param(id)
                .update();
    }

    void password(UUID id, String password, boolean oneTime) {
        jdbc.sql("update console_user set password = ?, one_time = ?, credential = credential + 1 where id = ?")
                .param(password)
                .param(oneTime)
                .param(id)
                .update();
    }

    void renamed(UUID id, String name) {
        jdbc.sql("update console_user set name = ? where id = ?")
                .param(name)
                .param(id)
                .update();
    }

    void signedIn(UUID id, Instant at) {
        jdbc.sql("update console_user set last_sign_in_at = ? where id = ?")
                .param(Timestamp.from(at))
                .param(id)
                .update();
    }

    boolean none() {
        return jdbc.sql("select not exists (select 1 from console_user)")
                .query(Boolean.class)
                .single();
    }

    private static String packed(Collection<Role> roles) {
        return roles.stream().map(Role::name).distinct().sorted().collect(Collectors.joining(","));
    }

    private static Row read(ResultSet row, int ignored) throws SQLException {
        var last = row.getTimestamp(12);
        return new Row(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                ZoneId.of(row.getString(4)),
                row.getString(5),
                Arrays.stream(row.getString(6).split(",", -1))
                        .filter(role -> !role.isEmpty())
                        .map(Role::fromValue)
                        .toList(),
                row.getString(7),
                row.getBoolean(8),
                row.getInt(9),
                row.getBoolean(10),
                row.getTimestamp(11).toInstant(),
                last == null ? null : last.toInstant(),
                row.getString(13));
    }
}
