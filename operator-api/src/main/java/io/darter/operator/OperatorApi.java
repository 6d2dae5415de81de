package io.darter.operator;

import java.util.List;

/**
 * Everything an operator can see and do. The appliance implements it once, with authorisation inside; REST, console,
 * desktop application and CLI add nothing of their own.
 *
 * <p>Every method may throw {@link OperatorException}, whose {@link Problem} says what was tried, what happened, what to
 * do, and a stable code. Methods block; implementations are safe for use by many threads.
 */
public interface OperatorApi {
    /** State of the whole in one look. */
    Overview overview();

    List<ClusterView> clusters();

    /** Nodes by name; {@code offset} and {@code limit} (1 to 1000) as in SQL. */
    Page<NodeView> nodes(NodeQuery query);

    /** Tasks, the newest first. */
    Page<TaskView> tasks(TaskQuery query);

    /** One task with its contents and what each node has of it. */
    TaskDetail task(String id);

    /**
     * Why a task went on one node as it did; asks that node, and waits 5 s at most.
     *
     * @param node id or name
     * @param id of the task
     */
    TaskTrace explainTask(String node, String id);

    List<JoinTokenView> joinTokens();

    /** The answer holds the token itself, which is never shown again. */
    JoinTokenCreated createJoinToken(NewJoinToken token);

    void revokeJoinToken(String id);
}
