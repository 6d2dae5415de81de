package io.darter.appliance.access;

import io.darter.operator.Problem;
import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** A login that was tried and refused, with the words for it. */
final class LoginRefusal extends AuthenticationException {
    private final transient Problem problem;
    private final Duration retryAfter;

    private LoginRefusal(Problem problem, Duration retryAfter) {
        super(problem.text());
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    static LoginRefusal because(String code, String happened, String advice) {
        return new LoginRefusal(new Problem(code, "Logging in", happened, advice, 401), Duration.ZERO);
    }

    static LoginRefusal disabled() {
        return because("USER_DISABLED", "this user is disabled", "Ask an administrator to enable it");
    }

    static LoginRefusal paused(Duration left) {
        long seconds = Math.max(1, left.plusMillis(999).toSeconds());
        return new LoginRefusal(
                new Problem(
                        "LOGIN_RATE_LIMITED",
                        "Logging in",
                        "there were too many wrong passwords",
                        "Try again in " + seconds + " s",
                        429),
                Duration.ofSeconds(seconds));
    }

    static LoginRefusal later(String code, String happened, String advice) {
        return new LoginRefusal(new Problem(code, "Logging in", happened, advice, 503), Duration.ofSeconds(5));
    }

    static LoginRefusal withoutDatabase() {
        return later(
                "DATABASE_UNAVAILABLE",
                "the database did not answer",
                "Check the database; distribution goes on meanwhile");
    }

    /** In the words of the request that could not log in. */
    Problem problem(String tried) {
        return new Problem(problem.code(), tried, problem.happened(), problem.advice(), problem.status());
    }

    /** Zero if waiting does not help. */
    Duration retryAfter() {
        return retryAfter;
    }
}
