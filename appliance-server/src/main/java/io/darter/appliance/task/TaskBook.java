package io.darter.appliance.task;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.node.NodeRecord;
import io.darter.operator.TaskDetail;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one cluster that run or ended lately. An announced image is one task with all its contents; a content
 * wanted under any other name is a task of its own. A task is over when nobody waits: at once if every node has
 * everything, else after a quiet while, because runtimes leave out layers they have. One that is asked for again soon
 * after its end goes on as the same task. Owned by the scheduler's thread.
 */
public final class TaskBook {
    private static final long QUIET_MILLIS = 5_000;
    private static final long REOPEN_MILLIS = 60_000;
    private static final int TASKS_MAX = 10_000;

    private final Cluster cluster;
    private final UnaryOperator<String> newId;
    private final Consumer<TaskRow> save;
    private final ToIntFunction<ContentKey> rarestCopies;
    private final Map<String, RunningTask> byId = new LinkedHashMap<>();
    private final Map<String, RunningTask> byName = new HashMap<>();
    private final Map<NodeId, Map<ContentKey, RunningTask>> wants = new HashMap<>();

    /** @param save hands a task over to be stored; must not block */
    public TaskBook(
            Cluster cluster,
            UnaryOperator<String> newId,
            Consumer<TaskRow> save,
            ToIntFunction<ContentKey> rarestCopies) {
        this.cluster = cluster;
        this.newId = newId;
        this.save = save;
        this.rarestCopies = rarestCopies;
    }

    /** A node was asked for an image. */
    public void announced(NodeRecord node, String name, Map<ContentKey, PieceGeometry> contents, long nowMillis) {
        RunningTask task = open(name, "image", nowMillis);
        contents.forEach(task::content);
        task.node(new NodeId(node.id()), node.name(), node.role());
        task.changed(nowMillis);
    }

    /** @param have what the node holds already, null if nothing */
    public void wanted(
            NodeRecord node,
            String name,
            boolean image,
            ContentKey content,
            PieceGeometry geometry,
            @Nullable PieceMap have,
            long nowMillis) {
        RunningTask task = open(name.isEmpty() ? content.value() : name, image ? "image" : "file", nowMillis);
        task.content(content, geometry);
        NodeId id = new NodeId(node.id());
        task.node(id, node.name(), node.role()).wanted(content, geometry, have);
        wants.computeIfAbsent(id, key -> new HashMap<>()).put(content, task);
        task.changed(nowMillis);
    }

    public void verified(NodeId node, ContentKey content, PieceRun run, boolean fromOrigin, long nowMillis) {
        RunningTask task = taskOf(node, content);
        if (task != null) {
            task.find(node).ifPresent(progress -> progress.verified(content, run, fromOrigin));
            task.changed(nowMillis);
        }
    }

    public void delivered(NodeId node, ContentKey content, long bytes, long nowMillis) {
        RunningTask task = taskOf(node, content);
        if (task != null) {
            task.find(node).ifPresent(progress -> progress.delivered(bytes));
            if (task.isRunning()) {
                task.changed(nowMillis);
            } else {
                store(task);
            }
        }
    }

    public void released(NodeId node, ContentKey content, long nowMillis) {
        RunningTask task = taskOf(node, content);
        if (task == null) {
            return;
        }
        task.find(node).filter(progress -> progress.wants(content)).ifPresent(progress -> {
            progress.dropped(content);
            task.changed(nowMillis);
        });
    }

    /** @param words why nobody can deliver the content to the node */
    public void gaveUp(NodeId node, ContentKey content, String words, long nowMillis) {
        RunningTask task = taskOf(node, content);
        if (task != null) {
            task.find(node).ifPresent(progress -> progress.dropped(content));
            task.failed(words);
            task.changed(nowMillis);
        }
    }

    public void nodeDown(NodeId node, long nowMillis) {
        wants.remove(node);
        for (RunningTask task : byId.values()) {
            if (task.isRunning() && task.find(node).isPresent()) {
                task.gone(node);
                task.changed(nowMillis);
            }
        }
    }

    /** @param connections by task id: nodes that fetch one of its contents from the origin, once for each content */
    public void originConnections(Map<String, Integer> connections) {
        connections.forEach((id, count) -> {
            RunningTask task = byId.get(id);
            if (task != null) {
                task.originConnections(count);
            }
        });
    }

    /** The task for whose sake the node wants the content. */
    public Optional<String> taskId(NodeId node, ContentKey content) {
        return Optional.ofNullable(taskOf(node, content)).map(RunningTask::id);
    }

    /** Ends what is over, forgets what ended long ago. */
    public void tick(long nowMillis) {
        for (RunningTask task : List.copyOf(byId.values())) {
            if (task.isRunning()) {
                boolean quiet = nowMillis - task.changedAtMillis() >= QUIET_MILLIS;
                if (!task.isWaiting() && (quiet || task.isComplete())) {
                    task.finish();
                    store(task);
                }
            } else if (nowMillis - task.finishedAtMillis() > REOPEN_MILLIS) {
                forget(task);
            }
        }
    }

    /** Saves all running tasks with their counters; at the stop. */
    public void saveAll() {
        byId.values().stream().filter(RunningTask::isRunning).forEach(this::store);
    }

    /** Tasks in memory, the newest first. */
    public List<TaskRow> rows() {
        List<TaskRow> rows = new ArrayList<>();
        byId.values().forEach(task -> rows.add(row(task, new TaskDetail(task.view(), List.of(), List.of()))));
        rows.sort(Comparator.comparing((TaskRow row) -> row.detail().task().startedAt())
                .reversed());
        return rows;
    }

    public Optional<TaskDetail> detail(String id) {
        return Optional.ofNullable(byId.get(id)).map(task -> task.detail(rarestCopies));
    }

    public boolean has(String id) {
        return byId.containsKey(id);
    }

    private RunningTask open(String name, String kind, long nowMillis) {
        RunningTask known = byName.get(name);
        if (known != null) {
            if (!known.isRunning()) {
                known.reopen(nowMillis);
            }
            return known;
        }
        if (byId.size() >= TASKS_MAX) {
            byId.values().stream()
                    .filter(task -> !task.isRunning())
                    .findFirst()
                    .or(() -> byId.values().stream().findFirst())
                    .ifPresent(this::forget);
        }
        RunningTask task = new RunningTask(newId.apply("k-"), name, cluster.name(), kind, nowMillis);
        byId.put(task.id(), task);
        byName.put(name, task);
        store(task);
        return task;
    }

    private void forget(RunningTask task) {
        byId.remove(task.id());
        byName.remove(task.name());
        wants.values().forEach(contents -> contents.values().removeIf(owner -> owner == task));
        wants.values().removeIf(Map::isEmpty);
    }

    private @Nullable RunningTask taskOf(NodeId node, ContentKey content) {
        Map<ContentKey, RunningTask> contents = wants.get(node);
        return contents == null ? null : contents.get(content);
    }

    private void store(RunningTask task) {
        save.accept(row(task, task.detail(rarestCopies)));
    }

    private TaskRow row(RunningTask task, TaskDetail detail) {
        return new TaskRow(cluster.id(), detail, task.deliveredBytes());
    }
}
