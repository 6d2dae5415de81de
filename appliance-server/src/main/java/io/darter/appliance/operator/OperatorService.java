package io.darter.appliance.operator;

import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.join.JoinTokenDesk;
import io.darter.appliance.node.Counters;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.task.TaskRow;
import io.darter.appliance.task.TaskStore;
import io.darter.appliance.trace.TraceDesk;
import io.darter.operator.ClusterView;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.JoinTokenView;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.Page;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskTrace;
import io.darter.operator.TaskView;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;

/**
 * The one implementation of the operator's interface. Each method checks by itself who asks: an administrator may do
 * everything. A thread of the appliance that acts for no person (the console's poller, no request) may look but not
 * touch; what it sees is shown only to pages that a login opened.
 */
@Service
public class OperatorService implements OperatorApi {
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

    OperatorService(
            Clusters clusters,
            NodeDirectory nodes,
            JoinTokenDesk tokens,
            SchedulerService scheduler,
            TaskStore taskStore,
            Coordination coordination,
            TraceDesk traces) {
        this.clusters = clusters;
        this.nodes = nodes;
        this.tokens = tokens;
        this.scheduler = scheduler;
        this.taskStore = taskStore;
        this.coordination = coordination;
        this.traces = traces;
    }

    @Override
    public Overview overview() {
        mayLook("Reading the overview");
        List<NodeView> all = nodes.views("");
        long online = all.stream().filter(node -> node.state().equals("online")).count();
        List<TaskRow> inMemory = scheduler.tasks();
        long running = inMemory.stream().filter(TaskRow::isRunning).count();
        Counters counters = nodes.counters();
        boolean redis = coordination.isHealthy();
        boolean healthy = redis && online == all.size();
        return new Overview(
                VERSION,
                Sentences.state(online, all.size(), running, redis, scheduler.standsByFor()),
                healthy,
                online,
                all.size(),
                running,
                running + taskStore.countEnded("", ""),
                counters.originBytes(),
                counters.peerBytes(),
                counters.deliveredBytes(),
                Math.max(0, counters.deliveredBytes() - counters.originBytes()));
    }

    @Override
    public List<ClusterView> clusters() {
        mayLook("Listing clusters");
        return clusters.all().stream()
                .map(cluster -> new ClusterView(
                        cluster.id(), cluster.name(), nodes.online(cluster.id()), nodes.total(cluster.id())))
                .toList();
    }

    @Override
    public Page<NodeView> nodes(NodeQuery query) {
        mayLook("Listing nodes");
        checkPage("Listing nodes", query.offset(), query.limit());
        List<NodeView> all = nodes.views(query.text());
        return page(all, all.size(), query.offset(), query.limit());
    }

    @Override
    public Page<TaskView> tasks(TaskQuery query) {
        mayLook("Listing tasks");
        checkPage("Listing tasks", query.offset(), query.limit());
        Map<String, TaskView> found = new LinkedHashMap<>();
        if (!query.state().equals("running")) {
            taskStore
                    .ended(query.text(), query.state(), query.offset() + query.limit())
                    .forEach(task -> found.put(task.id(), task));
        }
        long total = query.state().equals("running") ? 0 : taskStore.countEnded(query.text(), query.state());
        for (TaskRow row : scheduler.tasks()) {
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
        mayLook("Reading a task");
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
        mayLook("Explaining a task");
        TaskDetail task = task(id);
        NodeRecord asked = nodes.find(node)
                .or(() -> nodes.named(node))
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
        mayLook("Listing join tokens");
        return tokens.list();
    }

    @Override
    public JoinTokenCreated createJoinToken(NewJoinToken token) {
        mayChange("Creating a join token");
        return tokens.create(token);
    }

    @Override
    public void revokeJoinToken(String id) {
        mayChange("Revoking a join token");
        tokens.revoke(id);
    }

    private static void mayLook(String tried) {
        if (SecurityContextHolder.getContext().getAuthentication() != null) {
            mayChange(tried);
        }
    }

    private static void mayChange(String tried) {
        Authentication who = SecurityContextHolder.getContext().getAuthentication();
        boolean admin = who != null
                && who.isAuthenticated()
                && who.getAuthorities().stream()
                        .map(GrantedAuthority::getAuthority)
                        .anyMatch("ROLE_admin"::equals);
        if (!admin) {
            throw Problems.exception(
                    "ACCESS_DENIED", 403, tried, "this login may not do that", "Log in as an administrator");
        }
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
