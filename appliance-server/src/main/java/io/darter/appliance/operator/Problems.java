package io.darter.appliance.operator;

import io.darter.operator.OperatorException;
import io.darter.operator.Problem;

/** The errors of the appliance's interfaces: each with what was tried, what happened and what to do. */
public final class Problems {
    private Problems() {}

    public static OperatorException exception(String code, int status, String tried, String happened, String advice) {
        return new OperatorException(new Problem(code, tried, happened, advice, status));
    }

    /** A value of a request that cannot be used. */
    public static OperatorException invalid(String tried, String happened, String advice) {
        return exception("REQUEST_INVALID", 400, tried, happened, advice);
    }
}
