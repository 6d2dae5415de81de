package io.darter.agent.errors;

/** Stable codes of everything that can go wrong for a person, each with the exit code of the darter command. */
public enum ErrorCode {
    INTERNAL(1),
    USAGE(2),
    CONFIG_INVALID(2),
    CONFIG_UNKNOWN_KEY(2),
    PORT_IN_USE(1),
    CONTENT_NOT_FOUND(3),
    ORIGIN_DENIED(4),
    /** An operator took it from the cluster, until the tombstone is lifted. */
    CONTENT_PURGED(4),
    JOIN_TOKEN_REFUSED(4),
    CERTIFICATE_REFUSED(4),
    ORIGIN_UNREACHABLE(5),
    ORIGIN_REFUSED(5),
    ORIGIN_TLS(5),
    ORIGIN_CHANGED(5),
    APPLIANCE_UNREACHABLE(5),
    AGENT_UNREACHABLE(5),
    NO_SOURCE(5),
    /** Wrong bytes were found and thrown away; they are fetched again from elsewhere. */
    SOURCE_LIED(5),
    DIGEST_MISMATCH(6),
    TIMEOUT(8),
    DISK_FULL(1),
    DISK_ERROR(1),
    INTERRUPTED(130);

    private final int exitCode;

    ErrorCode(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
