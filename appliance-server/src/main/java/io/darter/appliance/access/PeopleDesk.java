package io.darter.appliance.access;

import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.operator.Problems;
import io.darter.operator.Grant;
import io.darter.operator.NewUser;
import io.darter.operator.OperatorException;
import io.darter.operator.Page;
import io.darter.operator.PasswordChange;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import io.darter.operator.UserView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Creating, changing and removing users; the caller has been checked. Each change and its entry in the audit are one
 * transaction, and changes come one after another, so that two administrators cannot remove each other at once.
 */
@Service
public class PeopleDesk {
    private static final int PASSWORD_CHARS_MIN = 10;

    private final Users users;
    private final GrantWords words;
    private final PasswordEncoder encoder;
    private final PasswordLogin login;
    private final AuditLog audit;
    private final TransactionOperations transactions;
    private final InstantSource clock;

    PeopleDesk(
            Users users,
            GrantWords words,
            PasswordEncoder encoder,
            PasswordLogin login,
            AuditLog audit,
            TransactionOperations transactions,
            InstantSource clock) {
        this.users = users;
        this.words = words;
        this.encoder = encoder;
        this.login = login;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
    }

    public Page<UserView> list(UserQuery query) {
        String text = query.text().toLowerCase(Locale.ROOT);
        List<Users.User> found =
                users.all().stream().filter(user -> user.name().contains(text)).toList();
        List<UserView> page = found.stream()
                .skip(query.offset())
                .limit(query.limit())
                .map(this::view)
                .toList();
        return new Page<>(page, found.size());
    }

    public UserView create(NewUser wish) {
        String tried = "Creating a user";
        if (wish.name() == null || !Users.isName(wish.name())) {
            throw Problems.invalid(
                    tried, "the name is not possible", "Use 1 to 64 characters: a-z, 0-9, and inside also . _ @ -");
        }
        Grants grants = words.read(wish.grants(), tried);
        String hash = hash(wish.password(), wish.name(), tried);
        try {
            return change(tried, all -> {
                if (all.size() >= Users.USERS_MAX) {
                    throw Problems.exception(
                            "USERS_TOO_MANY", 409, tried, "there are " + all.size() + " users", "Remove some first");
                }
                users.insert(wish.name(), hash, grants, clock.millis());
                UserView created = view(named(wish.name(), tried));
                audit.record("user.create", wish.name(), Grant.EVERY_CLUSTER, null, created);
                return created;
            });
        } catch (DuplicateKeyException e) {
            throw Problems.exception(
                    "USER_EXISTS", 409, tried, "there is a user '" + wish.name() + "'", "Choose another name");
        }
    }

    public UserView change(String name, UserChange wish) {
        String tried = "Changing the user " + name;
        Grants grants = wish.grants() == null ? null : words.read(wish.grants(), tried);
        String password = wish.password();
        String hash = password == null ? null : hash(password, name, tried);
        return change(tried, _ -> {
            Users.User before = named(name, tried);
            if (grants != null) {
                users.setGrants(before.name(), grants);
            }
            if (wish.disabled() != null && wish.disabled() != before.disabled()) {
                users.setDisabled(before.name(), wish.disabled());
            }
            if (hash != null) {
                users.setPassword(before.name(), hash);
            }
            Users.User after = named(name, tried);
            keepAnAdmin(before, tried);
            if (!view(before).equals(view(after))) {
                audit.record("user.change", before.name(), Grant.EVERY_CLUSTER, view(before), view(after));
            }
            if (hash != null) {
                audit.record("user.password", before.name(), Grant.EVERY_CLUSTER, null, null);
            }
            return view(after);
        });
    }

    public void remove(String name) {
        String tried = "Removing the user " + name;
        change(tried, _ -> {
            Users.User before = named(name, tried);
            users.delete(before.name());
            keepAnAdmin(before, tried);
            audit.record("user.remove", before.name(), Grant.EVERY_CLUSTER, view(before), null);
            return view(before);
        });
    }

    /** The caller's; wrong guesses at the password until now count like those of a login. */
    public void changeOwnPassword(PasswordChange wish) {
        String tried = "Changing one's own password";
        Caller caller = Caller.current();
        try {
            login.prove(caller.user(), wish.current() == null ? "" : wish.current(), caller.address());
        } catch (LoginRefusal e) {
            if (e.problem(tried).status() != 401) {
                throw new OperatorException(e.problem(tried));
            }
            throw Problems.exception(
                    "PASSWORD_WRONG", 400, tried, "the password until now is another one", "Enter it again");
        }
        String hash = hash(wish.wanted(), caller.user(), tried);
        change(tried, _ -> {
            Users.User user = named(caller.user(), tried);
            users.setPassword(user.name(), hash);
            audit.record("user.password", user.name(), Grant.EVERY_CLUSTER, null, null);
            return view(user);
        });
    }

    private interface Change {
        UserView make(List<Users.User> all);
    }

    private UserView change(String tried, Change change) {
        UserView made = transactions.execute(_ -> change.make(users.allLocked()));
        if (made == null) {
            throw new IllegalStateException("no answer of " + tried);
        }
        return made;
    }

    /** Called inside the transaction, which a refusal rolls back. */
    private void keepAnAdmin(Users.User before, String tried) {
        if (before.isEveryonesAdmin() && users.all().stream().noneMatch(Users.User::isEveryonesAdmin)) {
            throw Problems.exception(
                    "LAST_ADMIN",
                    409,
                    tried,
                    "this is the last enabled administrator of every cluster",
                    "Make somebody else administrator of every cluster (*) first");
        }
    }

    private Users.User named(String name, String tried) {
        return users.find(name)
                .orElseThrow(() -> Problems.exception(
                        "USER_UNKNOWN", 404, tried, "there is no such user", "Look in GET /api/v1/users"));
    }

    private String hash(@Nullable String password, String name, String tried) {
        String given = password == null ? "" : password;
        int bytes = given.getBytes(StandardCharsets.UTF_8).length;
        if (given.length() < PASSWORD_CHARS_MIN
                || bytes > PasswordLogin.PASSWORD_BYTES_MAX
                || given.equalsIgnoreCase(name)
                || given.indexOf('\0') >= 0) {
            throw Problems.exception(
                    "PASSWORD_UNFIT",
                    400,
                    tried,
                    "the password is too short, too long or the user's name",
                    "Use at least " + PASSWORD_CHARS_MIN + " characters and at most " + PasswordLogin.PASSWORD_BYTES_MAX
                            + " bytes");
        }
        return PasswordLogin.encode(encoder, given);
    }

    private UserView view(Users.User user) {
        return new UserView(
                user.name(), words.write(user.grants()), user.disabled(), Instant.ofEpochMilli(user.createdAtMillis()));
    }
}
