package io.darter.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.darter.operator.Rule.Need;
import io.darter.operator.Rule.Subject;
import io.darter.operator.Rule.Where;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RuleTest {
    private static final Set<Where> NAMED =
            EnumSet.of(Where.NAMED_CLUSTER, Where.CLUSTER_OF_TASK, Where.CLUSTER_OF_JOIN_TOKEN, Where.CLUSTER_OF_NODE);

    @Test
    void everyOperationHasARule() {
        operations().forEach(operation -> assertNotNull(operation.getAnnotation(Rule.class), operation::toString));
    }

    /** Rules find their operation by its name. */
    @Test
    void noTwoOperationsShareAName() {
        assertEquals(
                operations().size(),
                operations().stream().map(Method::getName).distinct().count());
    }

    @Test
    void aRuleAboutOneClusterSaysWhichArgumentNamesItAndNoOtherDoes() {
        for (Method operation : operations()) {
            long subjects = Arrays.stream(operation.getParameters())
                    .filter(parameter -> parameter.isAnnotationPresent(Subject.class))
                    .count();
            assertEquals(NAMED.contains(rule(operation).in()) ? 1 : 0, subjects, operation::toString);
        }
    }

    @Test
    void rolesAreAskedOfClustersAndNothingElseIs() {
        for (Method operation : operations()) {
            Rule rule = rule(operation);
            boolean role = rule.value() != Need.PUBLIC && rule.value() != Need.AUTHENTICATED;
            assertEquals(role, rule.in() != Where.NOWHERE, operation::toString);
        }
    }

    /** Whoever opens an operation to more people changes this table, too. */
    @Test
    void whoMayDoWhat() {
        var table = new TreeMap<String, String>();
        for (Method operation : operations()) {
            Rule rule = rule(operation);
            table.put(
                    operation.getName(),
                    rule.value()
                            + (rule.in() == Where.NOWHERE ? "" : " " + rule.in())
                            + (rule.withPassword() ? " with password" : ""));
        }
        assertEquals(
                """
                apiTokens AUTHENTICATED
                audit ADMIN SOME_CLUSTER
                changeNode OPERATOR CLUSTER_OF_NODE
                changeOwnPassword AUTHENTICATED with password
                changeUser ADMIN EVERY_CLUSTER
                clusters VIEWER SOME_CLUSTER
                cordonNode OPERATOR CLUSTER_OF_NODE
                createApiToken AUTHENTICATED with password
                createJoinToken ADMIN NAMED_CLUSTER
                createUser ADMIN EVERY_CLUSTER
                drainNode OPERATOR CLUSTER_OF_NODE
                evictContent OPERATOR CLUSTER_OF_NODE
                explainTask VIEWER CLUSTER_OF_TASK
                joinTokens ADMIN SOME_CLUSTER
                liftTombstone OPERATOR NAMED_CLUSTER
                node VIEWER CLUSTER_OF_NODE
                nodes VIEWER SOME_CLUSTER
                overview VIEWER SOME_CLUSTER
                purgeContent OPERATOR NAMED_CLUSTER
                removeNode ADMIN CLUSTER_OF_NODE
                removeUser ADMIN EVERY_CLUSTER
                revokeApiToken AUTHENTICATED
                revokeJoinToken ADMIN CLUSTER_OF_JOIN_TOKEN
                task VIEWER CLUSTER_OF_TASK
                tasks VIEWER SOME_CLUSTER
                tombstones VIEWER NAMED_CLUSTER
                uncordonNode OPERATOR CLUSTER_OF_NODE
                users ADMIN EVERY_CLUSTER
                whoAmI AUTHENTICATED
                """,
                table.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private static Rule rule(Method operation) {
        return Objects.requireNonNull(operation.getAnnotation(Rule.class));
    }

    private static List<Method> operations() {
        return Arrays.stream(OperatorApi.class.getMethods())
                .filter(method -> !method.isDefault())
                .toList();
    }
}
