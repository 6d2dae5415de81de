package io.darter.operator;

/** A call of {@link OperatorApi} that was refused or failed, with the words for it. */
public final class OperatorException extends RuntimeException {
    private final transient Problem problem;

    public OperatorException(Problem problem) {
        super(problem.text());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
