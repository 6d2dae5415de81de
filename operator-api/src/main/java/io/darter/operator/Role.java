package io.darter.operator;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a person may do in a cluster; each may what those before it may. On the wire in lower case. */
public enum Role {
    /** Looks at everything but secrets. */
    VIEWER,
    /** Also distributes and stops what is distributed. */
    OPERATOR,
    /** Also decides which machines and people take part. */
    ADMIN;

    /** As REST and the database write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty if no role is written so. */
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
