package io.darter.appliance.task;

import io.darter.operator.TaskDetail;
import io.darter.operator.TaskDetail.ContentView;
import io.darter.operator.TaskView;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** One task while it runs, and for a short time after. Not thread-safe. */
final class RunningTask {
    private static final int FAILURE_CHARS_MAX = 1000;

    private final String id;
    private final String name;
    private final String cluster;
    private final String kind;
    private final long startedAtMillis;
    private final Map<ContentKey, PieceGeometry> contents = new LinkedHashMap<>();
    private final Map<NodeId, NodeProgress> nodes = new LinkedHashMap<>();
    private String state = "running";
    private String failure = "";
    private int peakOriginConnections;
    private long changedAtMillis;
    private long finishedAtMillis;

    RunningTask(String id, String name, String cluster, String kind, long nowMillis) {
        this.id = id;
        this.name = name;
        this.cluster = cluster;
        this.kind = kind;
        this.startedAtMillis = nowMillis;
        this.changedAtMillis = nowMillis;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    void content(ContentKey key, PieceGeometry geometry) {
        contents.put(key, geometry);
    }

    boolean contains(ContentKey key) {
        return contents.containsKey(key);
    }

    NodeProgress node(NodeId node, String nodeName, String role) {
        return nodes.computeIfAbsent(node, id -> new NodeProgress(node, nodeName, role));
    }

    Optional<NodeProgress> find(NodeId node) {
        return Optional.ofNullable(nodes.get(node));
    }

    void changed(long nowMillis) {
        changedAtMillis = nowMillis;
    }

    long changedAtMillis() {
        return changedAtMillis;
    }

    long finishedAtMillis() {
        return finishedAtMillis;
    }

    void failed(String words) {
        failure = words.length() <= FAILURE_CHARS_MAX ? words : words.substring(0, FAILURE_CHARS_MAX);
    }

    void originConnections(int now) {
        peakOriginConnections = Math.max(peakOriginConnections, now);
    }

    boolean isRunning() {
        return state.equals("running");
    }

    boolean isWaiting() {
        return nodes.values().stream().anyMatch(NodeProgress::isWaiting);
    }

    /** True when every node has every content: nothing more can come but new nodes. */
    boolean isComplete() {
        return nodes.values().stream().allMatch(node -> node.isDone() && node.wantedBytes() >= contentBytes());
    }

    void reopen(long nowMillis) {
        state = "running";
        failure = "";
        finishedAtMillis = 0;
        changedAtMillis = nowMillis;
    }

    void finish() {
        long done = nodes.values().stream().filter(NodeProgress::isDone).count();
        boolean failed = !failure.isEmpty() || done == 0;
        if (failed && failure.isEmpty()) {
            failure = "Every node stopped before it had the whole";
        }
        state = failed ? "failed" : "done";
        finishedAtMillis = changedAtMillis;
    }

    long deliveredBytes() {
        return sum(nodes.values(), Sum.DELIVERED);
    }

    /** @param rarestCopies of a content, for the detail */
    TaskDetail detail(ToIntFunction<ContentKey> rarestCopies) {
        var contentViews = contents.entrySet().stream()
                .map(entry -> new ContentView(
                        entry.getKey().value(),
                        entry.getValue().sizeBytes(),
                        entry.getValue().pieces(),
                        entry.getValue().pieceBytes(),
                        rarestCopies.applyAsInt(entry.getKey())))
                .toList();
        var nodeViews = nodes.values().stream().map(NodeProgress::view).toList();
        return new TaskDetail(view(), contentViews, nodeViews);
    }

    TaskView view() {
        @Nullable Instant finishedAt = finishedAtMillis == 0 ? null : Instant.ofEpochMilli(finishedAtMillis);
        return new TaskView(
                id,
                name,
                cluster,
                kind,
                state,
                contentBytes(),
                sum(nodes.values(), Sum.WANTED),
                sum(nodes.values(), Sum.VERIFIED),
                sum(nodes.values(), Sum.ORIGIN),
                sum(nodes.values(), Sum.PEER),
                nodes.size(),
                (int) nodes.values().stream().filter(NodeProgress::isDone).count(),
                peakOriginConnections,
                Instant.ofEpochMilli(startedAtMillis),
                finishedAt,
                failure);
    }

    void gone(NodeId node) {
        find(node).ifPresent(NodeProgress::gone);
    }

    private long contentBytes() {
        return contents.values().stream().mapToLong(PieceGeometry::sizeBytes).sum();
    }

    private enum Sum {
        WANTED,
        VERIFIED,
        ORIGIN,
        PEER,
        DELIVERED
    }

    private static long sum(Collection<NodeProgress> nodes, Sum what) {
        long sum = 0;
        for (NodeProgress node : nodes) {
            sum += switch (what) {
                case WANTED -> node.wantedBytes();
                case VERIFIED -> node.verifiedBytes();
                case ORIGIN -> node.originBytes();
                case PEER -> node.peerBytes();
                case DELIVERED -> node.deliveredBytes();
            };
        }
        return sum;
    }
}
