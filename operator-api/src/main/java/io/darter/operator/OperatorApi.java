package io.darter.operator;

import io.darter.operator.Rule.Need;
import io.darter.operator.Rule.Subject;
import io.darter.operator.Rule.Where;
import java.util.List;

/**
 * Everything an operator can see and do. The appliance implements it once, with authorisation inside; REST, console,
 * desktop application and CLI add nothing of their own.
 *
 * <p>Every method may throw {@link OperatorException}, whose {@link Problem} says what was tried, what happened, what to
 * do, and a stable code. Methods block; implementations are safe for use by many threads.
 */
public interface OperatorApi extends NodeOperations {
    /** State of the whole in one look: of all clusters that the caller may see. */
    @Rule(value = Need.VIEWER, in = Where.SOME_CLUSTER)
    Overview overview();

    @Rule(value = Need.VIEWER, in = Where.SOME_CLUSTER)
    List<ClusterView> clusters();

    /** Nodes by name; {@code offset} and {@code limit} (1 to 1000) as in SQL. */
    @Rule(value = Need.VIEWER, in = Where.SOME_CLUSTER)
    Page<NodeView> nodes(NodeQuery query);

    /** Tasks, the newest first. */
    @Rule(value = Need.VIEWER, in = Where.SOME_CLUSTER)
    Page<TaskView> tasks(TaskQuery query);

    /** One task with its contents and what each node has of it. */
    @Rule(value = Need.VIEWER, in = Where.CLUSTER_OF_TASK)
    TaskDetail task(@Subject String id);

    /**
     * Why a task went on one node as it did; asks that node, and waits 5 s at most.
     *
     * @param node id or name, of the task's cluster
     * @param id of the task
     */
    @Rule(value = Need.VIEWER, in = Where.CLUSTER_OF_TASK)
    TaskTrace explainTask(String node, @Subject String id);

    @Rule(value = Need.ADMIN, in = Where.SOME_CLUSTER)
    List<JoinTokenView> joinTokens();

    /** The answer holds the token itself, which is never shown again. */
    @Rule(value = Need.ADMIN, in = Where.NAMED_CLUSTER)
    JoinTokenCreated createJoinToken(@Subject NewJoinToken token);

    @Rule(value = Need.ADMIN, in = Where.CLUSTER_OF_JOIN_TOKEN)
    void revokeJoinToken(@Subject String id);

    /** Who asks, and what that login may. */
    @Rule(Need.AUTHENTICATED)
    Me whoAmI();

    /** Ends one's other sessions, and this one; tokens stay. */
    @Rule(value = Need.AUTHENTICATED, withPassword = true)
    void changeOwnPassword(PasswordChange change);

    /** One's own, the newest first; the expired and revoked ones among them. */
    @Rule(Need.AUTHENTICATED)
    List<ApiTokenView> apiTokens();

    /** For oneself; the answer holds the token itself, which is never shown again. */
    @Rule(value = Need.AUTHENTICATED, withPassword = true)
    ApiTokenCreated createApiToken(NewApiToken token);

    /** One of one's own. A token may revoke itself. */
    @Rule(Need.AUTHENTICATED)
    void revokeApiToken(String id);

    /** Users by name. */
    @Rule(value = Need.ADMIN, in = Where.EVERY_CLUSTER)
    Page<UserView> users(UserQuery query);

    @Rule(value = Need.ADMIN, in = Where.EVERY_CLUSTER)
    UserView createUser(NewUser user);

    /** The last administrator of every cluster who can log in stays one. */
    @Rule(value = Need.ADMIN, in = Where.EVERY_CLUSTER)
    UserView changeUser(String name, UserChange change);

    /** With the user go the user's tokens and sessions. The last administrator of every cluster stays. */
    @Rule(value = Need.ADMIN, in = Where.EVERY_CLUSTER)
    void removeUser(String name);

    /** Who changed what, the latest first. */
    @Rule(value = Need.ADMIN, in = Where.SOME_CLUSTER)
    Page<AuditEntry> audit(AuditQuery query);

    /**
     * This interface for use by other threads, later, with the rights that the caller of this method has at the time of
     * each call. Equal for calls by one login. No operation, so without a rule: it gives nobody more than he has.
     */
    default OperatorApi asCaller() {
        return this;
    }
}
