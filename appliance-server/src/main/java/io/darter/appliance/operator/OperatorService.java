package io.darter.appliance.operator;

import io.darter.appliance.access.ApiTokenDesk;
import io.darter.appliance.access.Caller;
import io.darter.appliance.access.OperatorGuard;
import io.darter.appliance.access.PeopleDesk;
import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.join.JoinTokenDesk;
import io.darter.appliance.node.Counters;
import io.darter.appliance.node.NodeDesk;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.purge.EvictDesk;
import io.darter.appliance.purge.PurgeDesk;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.task.TaskRow;
import io.darter.appliance.task.TaskStore;
import io.darter.appliance.trace.TraceDesk;
import io.darter.operator.ApiTokenCreated;
import io.darter.operator.ApiTokenView;
import io.darter.operator.AuditEntry;
import io.darter.operator.AuditQuery;
import io.darter.operator.ClusterView;
import io.darter.operator.EvictedContent;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.JoinTokenView;
import io.darter.operator.Me;
import io.darter.operator.NewApiToken;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NewTombstone;
import io.darter.operator.NewUser;
import io.darter.operator.NodeChange;
import io.darter.operator.NodeDetail;
import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.Page;
import io.darter.operator.PasswordChange;
import io.darter.operator.Role;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskTrace;
import io.darter.operator.TaskView;
import io.darter.operator.TombstoneView;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import io.darter.operator.UserView;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The one implementation of the operator's interface, behind {@link OperatorGuard}, which has checked who calls. Lists
 * hold what lies in clusters where the caller may see it.
 */
final class OperatorService implements OperatorApi {
    private static final String VERSION = "0.1.0";
    private static final int LIMIT_MAX = 1000;
    private static final int OFFSET_MAX = 1_000_000;

    private final Clusters clusters;
    private final NodeDirectory nodes;
    private final JoinTokenDesk tokens;
    private final SchedulerService scheduler;
    private final TaskStore taskStore;
    private final Coordination coordination;
    private final TraceDesk traces;
    private final PeopleDesk people;
    private final ApiTokenDesk apiTokens;
    private final AuditLog audit;
    private final Fleet fleet;

    /** Who runs nodes and what is on them. */
    record Fleet(NodeDesk nodes, PurgeDesk purges, EvictDesk evictions) {}

    OperatorService(
            Clusters clusters,
            NodeDirectory nodes,
            JoinTokenDesk tokens,
            SchedulerService scheduler,
            TaskStore taskStore,
            Coordination coordination,
            TraceDesk traces,
            PeopleDesk people,
            ApiTokenDesk apiTokens,
            AuditLog audit,
            Fleet fleet) {
        this.fleet = fleet;
        this.clusters = clusters;
        this.nodes = nodes;
        this.tokens = tokens;
        this.scheduler = scheduler;
        this.taskStore = taskStore;
        this.coordination = coordination;
        this.traces = traces;
        this.people = people;
        this.apiTokens = apiTokens;
        this.audit = audit;
    }

    @Override
    public Overview overview() {
        Set<String> seen = seen();
        List<NodeView> all = nodes.views(seen, "");
        long online = all.stream().filter(node -> node.state().equals("online")).count();
        List<TaskRow> inMemory = scheduler.tasks().stream()
                .filter(task -> seen.contains(task.clusterId()))
                .toList();
        long running = inMemory.stream().filter(TaskRow::isRunning).count();
        Counters counters = nodes.counters(seen);
        boolean redis = coordination.isHealthy();
        boolean healthy = redis && online == all.size();
        return new Overview(
                VERSION,
                Sentences.state(online, all.size(), running, redis, scheduler.standsByFor()),
                healthy,
                online,
                all.size(),
                running,
                running + taskStore.countEnded(seen, "", ""),
                counters.originBytes(),
                counters.peerBytes(),
                counters.deliveredBytes(),
                Math.max(0, counters.deliveredBytes() - counters.originBytes()));
    }

    @Override
    public List<ClusterView> clusters() {
        Set<String> seen = seen();
        return clusters.all().stream()
                .filter(cluster -> seen.contains(cluster.id()))
                .map(cluster -> new ClusterView(
                        cluster.id(), cluster.name(), nodes.online(cluster.id()), nodes.total(cluster.id())))
                .toList();
    }

    @Override
    public Page<NodeView> nodes(NodeQuery query) {
        checkPage("Listing nodes", query.offset(), query.limit());
        List<NodeView> all = nodes.views(seen(), query.text());
        return page(all, all.size(), query.offset(), query.limit());
    }

    @Override
    public Page<TaskView> tasks(TaskQuery query) {
        checkPage("Listing tasks", query.offset(), query.limit());
        Set<String> seen = seen();
        Map<String, TaskView> found = new LinkedHashMap<>();
        if (!query.state().equals("running")) {
            taskStore
                    .ended(seen, query.text(), query.state(), query.offset() + query.limit())
                    .forEach(task -> found.put(task.id(), task));
        }
        long total = query.state().equals("running") ? 0 : taskStore.countEnded(seen, query.text(), query.state());
        for (TaskRow row : scheduler.tasks()) {
            if (!seen.contains(row.clusterId())) {
                continue;
            }
            TaskView task = row.detail().task();
            boolean stored = found.remove(task.id()) != null;
            if (matches(task, query)) {
                found.put(task.id(), task);
                total += stored ? 0 : 1;
            } else if (stored) {
                total--;
            }
        }
        List<TaskView> newestFirst = found.values().stream()
                .sorted(Comparator.comparing(TaskView::startedAt).reversed().thenComparing(TaskView::id))
                .toList();
        return page(newestFirst, total, query.offset(), query.limit());
    }

    @Override
    public TaskDetail task(String id) {
        return scheduler
                .task(id)
                .or(() -> taskStore.detail(id))
                .orElseThrow(() -> Problems.exception(
                        "TASK_UNKNOWN",
                        404,
                        "Reading the task " + id,
                        "there is no task with this id",
                        "Look for it in GET /api/v1/tasks"));
    }

    @Override
    public TaskTrace explainTask(String node, String id) {
        TaskDetail task = task(id);
        String cluster = clusters.find(task.task().cluster()).map(Cluster::id).orElse("");
        NodeRecord asked = nodes.find(node)
                .filter(found -> found.clusterId().equals(cluster))
                .or(() -> nodes.named(node, cluster))
                .orElseThrow(() -> Problems.exception(
                        "NODE_UNKNOWN",
                        404,
                        "Explaining the task " + id,
                        "there is no node " + node,
                        "Look for it in GET /api/v1/nodes"));
        List<String> keys =
                task.contents().stream().map(TaskDetail.ContentView::key).toList();
        return traces.ask(asked, task.task().name(), keys);
    }

    @Override
    public List<JoinTokenView> joinTokens() {
        return tokens.list(Caller.current().among(clusters.all(), Role.ADMIN));
    }

    @Override
    public JoinTokenCreated createJoinToken(NewJoinToken token) {
        return tokens.create(token);
    }

    @Override
    public void revokeJoinToken(String id) {
        tokens.revoke(id);
    }

    @Override
    public Me whoAmI() {
        return apiTokens.caller();
    }

    @Override
    public void changeOwnPassword(PasswordChange change) {
        people.changeOwnPassword(change);
    }

    @Override
    public List<ApiTokenView> apiTokens() {
        return apiTokens.list();
    }

    @Override
    public ApiTokenCreated createApiToken(NewApiToken token) {
        return apiTokens.create(token);
    }

    @Override
    public void revokeApiToken(String id) {
        apiTokens.revoke(id);
    }

    @Override
    public Page<UserView> users(UserQuery query) {
        checkPage("Listing users", query.offset(), query.limit());
        return people.list(query);
    }

    @Override
    public UserView createUser(NewUser user) {
        return people.create(user);
    }

    @Override
    public UserView changeUser(String name, UserChange change) {
        return people.change(name, change);
    }

    @Override
    public void removeUser(String name) {
        people.remove(name);
    }

    @Override
    public Page<AuditEntry> audit(AuditQuery query) {
        checkPage("Reading the audit", query.offset(), query.limit());
        return audit.list(query);
    }

    @Override
    public NodeDetail node(String id) {
        return fleet.nodes().node(id);
    }

    @Override
    public NodeDetail changeNode(String id, NodeChange change) {
        return fleet.nodes().change(id, change);
    }

    @Override
    public NodeDetail cordonNode(String id) {
        return fleet.nodes().cordon(id);
    }

    @Override
    public NodeDetail uncordonNode(String id) {
        return fleet.nodes().uncordon(id);
    }

    @Override
    public NodeDetail drainNode(String id) {
        return fleet.nodes().drain(id);
    }

    @Override
    public void removeNode(String id) {
        fleet.nodes().remove(id);
    }

    @Override
    public EvictedContent evictContent(String id, String content) {
        return fleet.evictions().evict(id, content);
    }

    @Override
    public List<TombstoneView> tombstones(String cluster) {
        return fleet.purges().list(cluster);
    }

    @Override
    public TombstoneView purgeContent(String cluster, NewTombstone tombstone) {
        return fleet.purges().purge(cluster, tombstone);
    }

    @Override
    public void liftTombstone(String cluster, String content) {
        fleet.purges().lift(cluster, content);
    }

    /** Ids of the clusters into which the caller may look. */
    private Set<String> seen() {
        return Caller.current().among(clusters.all(), Role.VIEWER);
    }

    private static void checkPage(String tried, int offset, int limit) {
        if (offset < 0 || offset > OFFSET_MAX || limit < 1 || limit > LIMIT_MAX) {
            throw Problems.invalid(
                    tried,
                    "offset " + offset + " and limit " + limit + " are out of range",
                    "Use an offset of 0 to " + OFFSET_MAX + " and a limit of 1 to " + LIMIT_MAX);
        }
    }

    private static boolean matches(TaskView task, TaskQuery query) {
        String text = query.text().toLowerCase(Locale.ROOT);
        return (query.state().isEmpty() || query.state().equals(task.state()))
                && (task.name().toLowerCase(Locale.ROOT).contains(text)
                        || task.id().contains(text));
    }

    private static <T> Page<T> page(List<T> all, long total, int offset, int limit) {
        int from = Math.min(offset, all.size());
        return new Page<>(all.subList(from, Math.min(from + limit, all.size())), total);
    }
}
