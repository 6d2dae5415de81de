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
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
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

    private final Users users;
    private final PasswordEncoder encoder;
    private final LoginAttempts attempts;
    private final InstantSource clock;
    private final SecretKeySpec processKey;
    private final String nobodysHash;
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
        String name = wanted.getName();
        String password = String.valueOf(wanted.getCredentials());
        String address =
                wanted.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        if (attempts.isPaused(name, address)) {
            throw new LockedException("too many wrong passwords; wait a minute");
        }
        Optional<Users.User> user = users.find(name);
        String hash = user.map(Users.User::passwordHash).orElse(nobodysHash);
        if (!matches(name, password, hash) || user.isEmpty()) {
            attempts.failed(name, address);
            throw new BadCredentialsException("wrong name or password");
        }
        attempts.succeeded(name, address);
        return UsernamePasswordAuthenticationToken.authenticated(
                name,
                null,
                List.of(new SimpleGrantedAuthority("ROLE_" + user.get().role())));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    private boolean matches(String name, String password, String hash) {
        String mark = mark(name + '\n' + hash + '\n' + password);
        synchronized (proved) {
            Long sinceMillis = proved.get(mark);
            if (sinceMillis != null && clock.millis() - sinceMillis < REMEMBERED.toMillis()) {
                return true;
            }
            proved.remove(mark);
        }
        if (!encoder.matches(password, hash)) {
            return false;
        }
        synchronized (proved) {
            proved.put(mark, clock.millis());
        }
        return true;
    }

    private String mark(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(processKey);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(PasswordEncoder encoder, String password) {
        String hash = encoder.encode(password);
        if (hash == null) {
            throw new IllegalStateException("a hash of a password is never null");
        }
        return hash;
    }
}
