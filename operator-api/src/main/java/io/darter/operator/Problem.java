package io.darter.operator;

/**
 * An error as people and programs see it everywhere.
 *
 * @param code stable, upper case, for example {@code JOIN_TOKEN_EXPIRED}
 * @param tried what was tried
 * @param happened what happened
 * @param advice what to do next
 * @param status the HTTP status that goes with it
 */
public record Problem(String code, String tried, String happened, String advice, int status) {
    /** One line for a person. */
    public String text() {
        return tried + ": " + happened + ". " + advice + " (" + code + ")";
    }
}
