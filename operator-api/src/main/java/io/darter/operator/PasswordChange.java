package io.darter.operator;

/** One's own password: the one until now proves that it is oneself. */
public record PasswordChange(String current, String wanted) {
    @Override
    public String toString() {
        return "another password";
    }
}
