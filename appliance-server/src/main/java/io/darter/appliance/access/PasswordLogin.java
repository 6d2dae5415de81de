package io.darter.appliance.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/**
 * Checks a name and a password, with the limit of {@link LoginAttempts}. The slow hash is computed once in five minutes
 * for a password that proved right, so that clients which send it with every request do not cost a core.
 */
@Component
class PasswordLogin implements AuthenticationProvider {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int REMEMBERED_MAX = 1000;
    private static final int HASHES_AT_ONCE = 2;
    private static final Duration HASH_WAIT = Duration.ofSeconds(10);

    /** More are not hashed by bcrypt. */
    static final int PASSWORD_BYTES_MAX = 72;

    private final Users users;
    private final PasswordEncoder encoder;
    private final LoginAttempts attempts;
    private final InstantSource clock;
    private final SecretKeySpec processKey;
    private final String nobodysHash;
    private final Semaphore hashing = new Semaphore(HASHES_AT_ONCE, true);
    private final Map<String, Long> proved = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    PasswordLogin(
            Users users, PasswordEncoder encoder, LoginAttempts attempts, InstantSource clock, SecureRandom random) {
        this.users = users;
        this.encoder = encoder;
        this.attempts = attempts;
        this.clock = clock;
        byte[] key = new byte[32];
        random.nextBytes(key);
        this.processKey = new SecretKeySpec(key, "HmacSHA256");
        this.nobodysHash = encode(encoder, HexFormat.of().formatHex(key));
    }

    @Override
    public Authentication authenticate(Authentication wanted) {
        String password = String.valueOf(wanted.getCredentials());
        String address =
                wanted.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        Users.User user = prove(wanted.getName(), password, address == null ? "" : address);
        if (user.disabled()) {
            throw LoginRefusal.disabled();
        }
        var proved = UsernamePasswordAuthenticationToken.authenticated(
                new Login(user.name(), user.epoch(), ""), null, List.of());
        proved.setDetails(wanted.getDetails());
        return proved;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    /** @throws LoginRefusal unless that is the user's password and neither user nor address have tried too often */
    Users.User prove(String nameAsTyped, String password, String address) {
        String name = Users.canonical(nameAsTyped);
        // Names that nobody can have are all one, so that long ones cost no memory.
        String account = Users.isName(name) ? name : "";
        refuseIfPaused(account, address);
        try {
            Users.User user = users.find(name).orElse(null);
            if (isProved(user, password)) {
                attempts.succeeded(account, address);
                return Objects.requireNonNull(user);
            }
            return hashInTurn(user, account, password, address);
        } catch (DataAccessException e) {
            throw LoginRefusal.withoutDatabase();
        }
    }

    /** Few at a time: the slow hash must not take the scheduler's processors, nor may many guesses at once outrun the limit. */
    private Users.User hashInTurn(Users.@Nullable User user, String account, String password, String address) {
        try {
            if (!hashing.tryAcquire(HASH_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw LoginRefusal.later("LOGIN_BUSY", "too many log in at this moment", "Try again in a few seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw LoginRefusal.later("LOGIN_BUSY", "the appliance is stopping", "Try again in a few seconds");
        }
        try {
            refuseIfPaused(account, address);
            boolean right = hashes(password, user == null ? nobodysHash : user.passwordHash());
            if (user == null || !right) {
                attempts.failed(account, address);
                throw LoginRefusal.because(
                        "LOGIN_WRONG",
                        "name or password is wrong",
                        "Send the name and password of a user by HTTP Basic, or a token as Bearer;"
                                + " the first password is in initial-admin-password");
            }
            remember(user, password);
            attempts.succeeded(account, address);
            return user;
        } finally {
            hashing.release();
        }
    }

    private void refuseIfPaused(String account, String address) {
        Duration pause = attempts.pause(account, address);
        if (pause.isPositive()) {
            throw LoginRefusal.paused(pause);
        }
    }

    private boolean hashes(String password, String hash) {
        return password.getBytes(StandardCharsets.UTF_8).length <= PASSWORD_BYTES_MAX
                && encoder.matches(password, hash);
    }

    private boolean isProved(Users.@Nullable User user, String password) {
        if (user == null) {
            return false;
        }
        String mark = mark(user, password);
        synchronized (proved) {
            Long sinceMillis = proved.get(mark);
            if (sinceMillis != null && clock.millis() - sinceMillis < REMEMBERED.toMillis()) {
                return true;
            }
            proved.remove(mark);
            return false;
        }
    }

    private void remember(Users.User user, String password) {
        synchronized (proved) {
            proved.put(mark(user, password), clock.millis());
        }
    }

    private String mark(Users.User user, String password) {
        String text = user.name() + '\n' + user.passwordHash() + '\n' + password;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(processKey);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String encode(PasswordEncoder encoder, String password) {
        String hash = encoder.encode(password);
        if (hash == null) {
            throw new IllegalStateException("a hash of a password is never null");
        }
        return hash;
    }
}
