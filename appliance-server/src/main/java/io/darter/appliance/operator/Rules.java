package io.darter.appliance.operator;

import io.darter.operator.OperatorApi;
import io.darter.operator.Rule;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;

/** Which rule an endpoint has: its own, or that of the operation which it serves and shares its name with. */
final class Rules {
    private Rules() {}

    static Optional<Rule> of(Method endpoint) {
        Rule own = endpoint.getAnnotation(Rule.class);
        return own != null
                ? Optional.of(own)
                : operation(endpoint).map(operation -> operation.getAnnotation(Rule.class));
    }

    /** The operation that an endpoint serves. */
    static Optional<Method> operation(Method endpoint) {
        return Arrays.stream(OperatorApi.class.getMethods())
                .filter(method -> !method.isDefault() && method.getName().equals(endpoint.getName()))
                .findFirst();
    }
}
