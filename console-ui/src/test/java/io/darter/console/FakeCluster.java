package io.darter.console;

import io.darter.operator.ApiTokenCreated;
import io.darter.operator.ApiTokenView;
import io.darter.operator.AuditEntry;
import io.darter.operator.AuditQuery;
import io.darter.operator.ClusterView;
import io.darter.operator.EvictedContent;
import io.darter.operator.Grant;
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
import io.darter.operator.OperatorException;
import io.darter.operator.Overview;
import io.darter.operator.Page;
import io.darter.operator.PasswordChange;
import io.darter.operator.Problem;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskDetail.ContentView;
import io.darter.operator.TaskDetail.TaskNodeView;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskTrace;
import io.darter.operator.TaskView;
import io.darter.operator.TombstoneView;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import io.darter.operator.UserView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A made-up cluster whose nodes and tasks a test sets; calls fail with {@link #failure} while there is one. */
public final class FakeCluster implements OperatorApi {
    public static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    public static final Problem DATABASE_DOWN = new Problem(
            "DATABASE_UNREACHABLE",
            "Reading the nodes",
            "the database does not answer",
            "Distribution goes on. Check that the database runs.",
            503);
    private static final long MIB = 1 << 20;

    public final List<NodeView> nodes = new CopyOnWriteArrayList<>();
    public final List<TaskView> tasks = new CopyOnWriteArrayList<>();
    public final List<NewJoinToken> created = new ArrayList<>();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    public volatile @Nullable Problem failure;

    public static NodeView node(String name, String role, String state, long secondsAgo) {
        return new NodeView(
                "id-" + name,
                name,
                "main",
                role,
                state,
                state.equals("offline") ? "its agent closed the link" : "",
                "10.20.0." + Math.floorMod(name.hashCode(), 250) + ":4000",
                "zone-a",
                "rack-" + Math.floorMod(name.hashCode(), 4),
                "0.1.0",
                state.equals("joining") ? null : NOW.minusSeconds(secondsAgo),
                (long) (Math.floorMod(name.hashCode(), 900) + 40) * 11 * MIB,
                0,
                0,
                0,
                0,
                "active",
                Map.of());
    }

    public static TaskView task(String id, String name, String kind, String state, double share) {
        long content = 768 * MIB;
        int nodes = 5;
        long verified = (long) (content * nodes * share);
        return new TaskView(
                id,
                name,
                "main",
                kind,
                state,
                content,
                content * nodes,
                verified,
                Math.min(content, verified),
                Math.max(0, verified - content),
                nodes,
                (int) (nodes * share),
                3,
                NOW.minusSeconds(75),
                state.equals("running") ? null : NOW.minusSeconds(5),
                state.equals("failed") ? "The registry answered 404 for library/missing:1.0." : "");
    }

    /** A small cluster at work. */
    public FakeCluster busy() {
        nodes.add(node("seed-1", "seed", "online", 1));
        for (int index = 1; index <= 4; index++) {
            nodes.add(node("worker-" + index, "node", index == 3 ? "offline" : "online", index == 3 ? 1_900 : 2));
        }
        nodes.add(node("worker-5", "node", "joining", 0));
        tasks.add(task("t1", "registry.example/team/model-server:2.4", "image", "running", 0.42));
        tasks.add(task("t2", "https://files.example/releases/os-image.iso", "file", "running", 0.87));
        tasks.add(task("t3", "registry.example/library/web:1.27", "image", "done", 1));
        tasks.add(task("t4", "registry.example/library/missing:1.0", "image", "failed", 0));
        return this;
    }

    @Override
    public Overview overview() {
        called("overview");
        long origin = tasks.stream().mapToLong(TaskView::originBytes).sum();
        long peer = tasks.stream().mapToLong(TaskView::peerBytes).sum();
        long online =
                nodes.stream().filter(node -> node.state().equals("online")).count();
        long running =
                tasks.stream().filter(task -> task.state().equals("running")).count();
        return new Overview(
                "0.1.0",
                "",
                online == nodes.size(),
                online,
                nodes.size(),
                running,
                tasks.size(),
                origin,
                peer,
                origin + peer,
                peer);
    }

    @Override
    public List<ClusterView> clusters() {
        return List.of(new ClusterView("main", "main", nodes.size(), nodes.size()));
    }

    @Override
    public Page<NodeView> nodes(NodeQuery query) {
        called("nodes");
        return new Page<>(List.copyOf(nodes), nodes.size());
    }

    @Override
    public Page<TaskView> tasks(TaskQuery query) {
        called("tasks");
        return new Page<>(List.copyOf(tasks), tasks.size());
    }

    @Override
    public TaskDetail task(String id) {
        called("task " + id);
        TaskView task = tasks.stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new OperatorException(new Problem(
                        "TASK_NOT_FOUND", "Reading task " + id, "there is no such task", "List the tasks.", 404)));
        List<ContentView> contents = List.of(
                new ContentView("sha256-aa", 700 * MIB, 700, (int) MIB, 2),
                new ContentView("sha256-bb", 68 * MIB, 272, 262_144, 4));
        return new TaskDetail(task, contents, progressOfNodes(task));
    }

    private List<TaskNodeView> progressOfNodes(TaskView task) {
        double share = (double) task.verifiedBytes() / task.wantedBytes();
        List<TaskNodeView> list = new ArrayList<>();
        for (int index = 0; index < task.nodes() && index < nodes.size(); index++) {
            NodeView node = nodes.get(index);
            double own = Math.clamp(share + (2 - index) * 0.08 * (share < 1 ? 1 : 0), 0, 1);
            long verified = (long) (task.contentBytes() * own);
            boolean seed = node.role().equals("seed");
            list.add(new TaskNodeView(
                    node.id(), node.name(), node.role(), verified, seed ? verified : 0, seed ? 0 : verified));
        }
        return list;
    }

    @Override
    public TaskTrace explainTask(String node, String id) {
        return new TaskTrace(node, node, task(id).task().name(), List.of());
    }

    @Override
    public List<JoinTokenView> joinTokens() {
        return List.of();
    }

    @Override
    public JoinTokenCreated createJoinToken(NewJoinToken token) {
        called("createJoinToken");
        created.add(token);
        JoinTokenView view = new JoinTokenView(
                "j1", "main", token.role(), token.uses(), NOW, NOW.plusSeconds(token.validSeconds()), true);
        String word = "darter1." + "eyJpZCI6ImoxIiwic2VjcmV0IjoiZXhhbXBsZSJ9".repeat(4);
        return new JoinTokenCreated(view, word, "DARTER_JOIN_TOKEN=" + word + " darter-agent");
    }

    @Override
    public void revokeJoinToken(String id) {}

    @Override
    public Me whoAmI() {
        return new Me("admin", "", List.of(new Grant(Grant.EVERY_CLUSTER, "admin")));
    }

    @Override
    public void changeOwnPassword(PasswordChange change) {}

    @Override
    public List<ApiTokenView> apiTokens() {
        return List.of();
    }

    @Override
    public ApiTokenCreated createApiToken(NewApiToken token) {
        throw new UnsupportedOperationException("no page creates tokens");
    }

    @Override
    public void revokeApiToken(String id) {}

    @Override
    public Page<UserView> users(UserQuery query) {
        return new Page<>(List.of(), 0);
    }

    @Override
    public UserView createUser(NewUser user) {
        throw new UnsupportedOperationException("no page creates users");
    }

    @Override
    public UserView changeUser(String name, UserChange change) {
        throw new UnsupportedOperationException("no page changes users");
    }

    @Override
    public void removeUser(String name) {}

    @Override
    public Page<AuditEntry> audit(AuditQuery query) {
        return new Page<>(List.of(), 0);
    }

    @Override
    public NodeDetail node(String id) {
        called("node " + id);
        NodeView found = nodes.stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new OperatorException(new Problem(
                        "NODE_UNKNOWN", "Reading node " + id, "there is no such node", "List the nodes.", 404)));
        return new NodeDetail(found, NOW, found.zone(), found.rack(), "", "");
    }

    @Override
    public NodeDetail changeNode(String id, NodeChange change) {
        called("changeNode " + id);
        NodeView before = node(id).node();
        replace(before, before.duty(), change.labels() == null ? before.labels() : change.labels());
        return node(id);
    }

    @Override
    public NodeDetail cordonNode(String id) {
        called("cordonNode " + id);
        return onDuty(id, "cordoned");
    }

    @Override
    public NodeDetail uncordonNode(String id) {
        called("uncordonNode " + id);
        return onDuty(id, "active");
    }

    @Override
    public NodeDetail drainNode(String id) {
        called("drainNode " + id);
        return onDuty(id, "draining");
    }

    private NodeDetail onDuty(String id, String duty) {
        NodeView before = node(id).node();
        replace(before, duty, before.labels());
        return node(id);
    }

    private void replace(NodeView before, String duty, Map<String, String> labels) {
        nodes.set(nodes.indexOf(before), with(before, duty, labels));
    }

    /** The same node, on that duty and with these labels. */
    public static NodeView with(NodeView node, String duty, Map<String, String> labels) {
        return new NodeView(
                node.id(),
                node.name(),
                node.cluster(),
                node.role(),
                node.state(),
                node.reason(),
                node.address(),
                node.zone(),
                node.rack(),
                node.version(),
                node.lastSeen(),
                node.storeBytes(),
                node.originBytes(),
                node.peerBytes(),
                node.servedBytes(),
                node.deliveredBytes(),
                duty,
                labels);
    }

    @Override
    public void removeNode(String id) {
        called("removeNode " + id);
        nodes.removeIf(node -> node.id().equals(id));
    }

    @Override
    public EvictedContent evictContent(String id, String content) {
        called("evictContent " + id);
        return new EvictedContent(content, false, 0);
    }

    @Override
    public List<TombstoneView> tombstones(String cluster) {
        return List.of();
    }

    @Override
    public TombstoneView purgeContent(String cluster, NewTombstone tombstone) {
        throw new UnsupportedOperationException("no page purges");
    }

    @Override
    public void liftTombstone(String cluster, String content) {}

    private void called(String what) {
        calls.add(what);
        Problem problem = failure;
        if (problem != null) {
            throw new OperatorException(problem);
        }
    }
}
