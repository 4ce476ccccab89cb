package io.expunge.access;

import io.expunge.api.CreatedUser;
import io.expunge.api.NewUser;
import io.expunge.api.User;
import io.expunge.api.UserRoles;
import io.expunge.api.UsersApi;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class UserController implements UsersApi {

    private final Users users;

    UserController(Users users) {
        this.users = users;
    }

    @Override
    public ResponseEntity<List<User>> listUsers() {
        return ResponseEntity.ok(users.list());
    }

    @Override
    public ResponseEntity<CreatedUser> createUser(NewUser declared) {
        var created = users.create(declared);
        return ResponseEntity.created(
                        URI.create("/v1/users/" + created.getUser().getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<User> putUserRoles(UUID id, UserRoles roles) {
        return ResponseEntity.ok(users.roles(id, roles.getRoles()));
    }

    @Override
    public ResponseEntity<User> disableUser(UUID id) {
        return ResponseEntity.ok(users.disable(id));
    }

    @Override
    public ResponseEntity<User> enableUser(UUID id) {
        return ResponseEntity.ok(users.enable(id));
    }

    @Override
    public ResponseEntity<CreatedUser> resetUserPassword(UUID id) {
        return ResponseEntity.ok(users.resetPassword(id));
    }
}
