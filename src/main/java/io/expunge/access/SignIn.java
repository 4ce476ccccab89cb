package io.expunge.access;

import java.time.Clock;
import java.time.Duration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Name and password. What is answered does not tell whether somebody has the name. */
class SignIn implements AuthenticationProvider {

    private final UserTable users;
    private final SignInAttempts attempts;
    private final PasswordEncoder passwords;
    private final Clock clock;
    private final String nobodys;

    SignIn(UserTable users, SignInAttempts attempts, PasswordEncoder passwords, Clock clock) {
        this.users = users;
        this.attempts = attempts;
        this.passwords = passwords;
        this.clock = clock;
        // compared with where nobody has the name, so that both take as long
        this.nobodys = java.util.Objects.requireNonNull(passwords.encode(Secret.password()));
    }

    @Override
    public Authentication authenticate(Authentication given) {
        var name = given.getName().strip();
        var address = given.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        var now = clock.instant();
        attempts.blockedUntil(name, address).ifPresent(until -> {
            throw new LockedException(
                    Long.toString(Math.max(1, Duration.between(now, until).toSeconds())));
        });
        var user = users.named(name);
        var hash = user.map(UserTable.Row::password).orElse(nobodys);
        boolean right = passwords.matches(Users.cut(String.valueOf(given.getCredentials())), hash);
        if (user.isEmpty() || !right || !user.get().enabled()) {
            attempts.failed(name, address);
            throw new BadCredentialsException("no such user or password");
        }
        attempts.succeeded(name);
        users.signedIn(user.get().id(), now);
        return ConsoleSession.begin(user.get(), now);
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
