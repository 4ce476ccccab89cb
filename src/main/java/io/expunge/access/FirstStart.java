package io.expunge.access;

import io.expunge.api.Role;
import io.expunge.audit.Actor;
import io.expunge.shared.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes the first controller, its admin key and its console user on an empty database; both secrets go to files that only their owner can read. */
@Component
class FirstStart implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(FirstStart.class);

    private final ApiKeys keys;
    private final Users users;
    private final UserTable table;
    private final ControllerRepository controllers;
    private final AccessSettings settings;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    FirstStart(
            ApiKeys keys,
            Users users,
            UserTable table,
            ControllerRepository controllers,
            AccessSettings settings,
            JdbcClient jdbc,
            TransactionTemplate transaction) {
        this.keys = keys;
        this.users = users;
        this.table = table;
        this.controllers = controllers;
        this.settings = settings;
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    @Override
    public void afterPropertiesSet() {
        transaction.executeWithoutResult(ignored -> {
            // several processes may start at once on one empty database
            jdbc.sql("lock table controller in share row exclusive mode").update();
            if (controllers.count() == 0) {
                var given = settings.controllerId();
                var created = keys.first(
                        given == null ? Ids.next() : given,
                        settings.controllerName(),
                        ZoneId.of(settings.controllerTimeZone()),
                        null);
                write(settings.adminKeyFile(), created.getSecret());
                log.info("first start: the secret of the admin key is in {}", settings.adminKeyFile());
            }
            if (settings.localUsers() && table.none()) {
                // the oldest controller; on a database from before there was a console, too
                var first = controllers.findAllByOrderById().getFirst();
                var admin = users.create(Actor.system(first.id()), "admin", List.of(Role.ADMIN));
                write(settings.adminPasswordFile(), admin.getPassword());
                log.info("the console's user is admin; the one-time password is in {}", settings.adminPasswordFile());
            }
        });
    }

    private static void write(Path file, String secret) {
        try {
            var path = file.toAbsolutePath();
            Files.createDirectories(path.getParent());
            Files.deleteIfExists(path);
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(path, secret + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a secret to " + file, e);
        }
    }
}
