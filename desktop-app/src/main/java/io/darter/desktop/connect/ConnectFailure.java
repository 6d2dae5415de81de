package io.darter.desktop.connect;

/** Why an appliance could not be used. */
public final class ConnectFailure extends Exception {
    /** The cases a person can do something about, each with its own words. */
    public enum Kind {
        /** User or password is wrong. */
        REFUSED,
        /** Nothing answers there. */
        UNREACHABLE,
        /** Another certificate authority than the expected one. */
        UNTRUSTED,
        OTHER
    }

    private final Kind kind;

    public ConnectFailure(Kind kind, String detail) {
        super(detail);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Words for {@link Kind#OTHER}. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
