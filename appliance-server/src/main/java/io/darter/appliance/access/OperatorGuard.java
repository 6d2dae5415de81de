package io.darter.appliance.access;

import io.darter.appliance.operator.Problems;
import io.darter.operator.NewJoinToken;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import io.darter.operator.Role;
import io.darter.operator.Rule;
import io.darter.operator.Rule.Need;
import io.darter.operator.Rule.Subject;
import io.darter.operator.Rule.Where;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The one place where it is decided who may do what: everybody reaches the operator's interface through a guard, which
 * obeys the {@link Rule} of each operation before the operation begins, and tells the operation who its caller is.
 */
@Component
public class OperatorGuard {
    private static final Map<String, String> VERBS = Map.ofEntries(
            Map.entry("change", "Changing"),
            Map.entry("create", "Creating"),
            Map.entry("explain", "Explaining"),
            Map.entry("remove", "Removing"),
            Map.entry("revoke", "Revoking"),
            Map.entry("who", "Asking who"),
            Map.entry("cordon", "Cordoning"),
            Map.entry("uncordon", "Uncordoning"),
            Map.entry("drain", "Draining"),
            Map.entry("evict", "Evicting"),
            Map.entry("purge", "Purging"),
            Map.entry("lift", "Lifting"));

    private final Callers callers;
    private final Whereabouts whereabouts;
    private final Map<Method, Guarded> operations = Arrays.stream(OperatorApi.class.getMethods())
            .filter(method -> !method.isDefault())
            .collect(Collectors.toUnmodifiableMap(method -> method, OperatorGuard::guarded));

    OperatorGuard(Callers callers, Whereabouts whereabouts) {
        this.callers = callers;
        this.whereabouts = whereabouts;
    }

    /** An operation's rule, and which of its arguments the rule is about; -1 for none. */
    private record Guarded(Rule rule, int subject) {}

    /** @param inside obeys everybody; nobody else may hold it */
    public OperatorApi around(OperatorApi inside) {
        return proxy(new Door(this, inside, null));
    }

    /** @param who null: the login of the calling thread */
    private record Door(OperatorGuard guard, OperatorApi inside, Callers.@Nullable Who who)
            implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            Object[] given = arguments == null ? new Object[0] : arguments;
            Callers.Who asking = who == null ? Callers.here() : who;
            return switch (method.getName()) {
                case "equals" ->
                    given[0] != null
                            && Proxy.isProxyClass(given[0].getClass())
                            && equals(Proxy.getInvocationHandler(given[0]));
                case "hashCode" -> hashCode();
                case "toString" -> "guarded operator interface";
                case "asCaller" -> asking == null ? proxy : proxy(new Door(guard, inside, asking));
                default -> guard.call(inside, method, given, asking);
            };
        }
    }

    private @Nullable Object call(OperatorApi inside, Method method, Object[] arguments, Callers.@Nullable Who who)
            throws Throwable {
        Guarded operation = operations.get(method);
        if (operation == null) {
            throw new IllegalStateException("no rule for " + method);
        }
        String tried = words(method.getName());
        Caller caller = callers.caller(who, tried);
        String subject = operation.subject < 0 ? "" : named(arguments[operation.subject]);
        check(operation.rule, subject, caller, tried);
        try {
            return ScopedValue.where(Caller.CURRENT, caller).call(() -> method.invoke(inside, arguments));
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private void check(Rule rule, String subject, Caller caller, String tried) {
        if (rule.withPassword() && !caller.token().isEmpty()) {
            throw Problems.exception(
                    "TOKEN_NOT_ENOUGH",
                    403,
                    tried,
                    "a token may not do that, so that nobody who finds one outlives it",
                    "Log in with name and password");
        }
        if (rule.value() == Need.PUBLIC || rule.value() == Need.AUTHENTICATED) {
            return;
        }
        Role role = Role.valueOf(rule.value().name());
        Grants grants = caller.grants();
        boolean allowed = switch (rule.in()) {
            case NOWHERE -> false;
            case SOME_CLUSTER -> grants.allowSomewhere(role);
            case EVERY_CLUSTER -> grants.allowEverywhere(role);
            case NAMED_CLUSTER, CLUSTER_OF_TASK, CLUSTER_OF_NODE, CLUSTER_OF_JOIN_TOKEN ->
                grants.allowSomewhere(role)
                        && whereabouts
                                .clusterOf(rule.in(), subject)
                                .map(cluster -> grants.allow(role, cluster))
                                .orElse(true);
        };
        if (!allowed) {
            throw denied(role, rule.in(), tried);
        }
    }

    private static OperatorException denied(Role role, Where where, String tried) {
        String place = switch (where) {
            case NOWHERE, SOME_CLUSTER -> "";
            case EVERY_CLUSTER -> " of every cluster";
            case NAMED_CLUSTER, CLUSTER_OF_TASK, CLUSTER_OF_NODE, CLUSTER_OF_JOIN_TOKEN -> " of this cluster";
        };
        return Problems.exception(
                "ACCESS_DENIED",
                403,
                tried,
                "this login may not do that: it needs the role " + role.text() + place,
                "Log in as somebody who has it, or ask an administrator for it");
    }

    private static String named(@Nullable Object subject) {
        if (subject instanceof NewJoinToken token) {
            return token.cluster() == null ? "" : token.cluster();
        }
        return String.valueOf(subject);
    }

    private static Guarded guarded(Method method) {
        Rule rule = method.getAnnotation(Rule.class);
        if (rule == null) {
            throw new IllegalStateException("no rule for " + method);
        }
        Parameter[] parameters = method.getParameters();
        int subject = -1;
        for (int i = 0; i < parameters.length; i++) {
            subject = parameters[i].isAnnotationPresent(Subject.class) ? i : subject;
        }
        return new Guarded(rule, subject);
    }

    private static OperatorApi proxy(Door door) {
        return (OperatorApi)
                Proxy.newProxyInstance(OperatorApi.class.getClassLoader(), new Class<?>[] {OperatorApi.class}, door);
    }

    /** {@code createJoinToken}: "Creating join token". */
    private static String words(String operation) {
        String[] words = operation.split("(?<=[a-z])(?=[A-Z])");
        String doing = VERBS.get(words[0]);
        String all = String.join(" ", words).toLowerCase(Locale.ROOT);
        return doing == null ? "Reading " + all : doing + all.substring(words[0].length());
    }
}
