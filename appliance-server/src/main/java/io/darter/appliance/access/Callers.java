package io.darter.appliance.access;

import io.darter.appliance.operator.Problems;
import io.darter.operator.OperatorException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** What a login may now: read from the database each time, so that what an administrator takes is gone at once. */
@Component
class Callers {
    private final Users users;
    private final ApiTokens tokens;
    private final InstantSource clock;

    Callers(Users users, ApiTokens tokens, InstantSource clock) {
        this.users = users;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** A login, and from where. */
    record Who(Login login, String address) {}

    /** The login of this thread's request; null if there is none. */
    static @Nullable Who here() {
        Authentication proved = SecurityContextHolder.getContext().getAuthentication();
        if (proved == null || !proved.isAuthenticated() || !(proved.getPrincipal() instanceof Login login)) {
            return null;
        }
        String address =
                proved.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
        return new Who(login, address == null ? "" : address);
    }

    /** @throws OperatorException if nobody is logged in, or not any more */
    Caller caller(@Nullable Who who, String tried) {
        if (who == null) {
            throw Problems.exception("LOGIN_NEEDED", 401, tried, "nobody is logged in", "Log in");
        }
        Login login = who.login();
        Users.User user = users.find(login.name())
                .filter(found -> found.epoch().equals(login.epoch()) && !found.disabled())
                .orElseThrow(() -> ended(tried));
        if (login.token().isEmpty()) {
            return new Caller(user.name(), "", who.address(), user.grants());
        }
        ApiTokens.Stored token = tokens.byId(login.token())
                .filter(found -> !found.revoked() && !found.expired(clock.millis()))
                .orElseThrow(() -> ended(tried));
        return new Caller(user.name(), token.id(), who.address(), token.grants().meet(user.grants()));
    }

    private static OperatorException ended(String tried) {
        return Problems.exception(
                "LOGIN_ENDED",
                401,
                tried,
                "this login has ended: password, user or token were changed since",
                "Log in again");
    }
}
