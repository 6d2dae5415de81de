package io.darter.agent;

import io.darter.agent.control.AgentStatus;
import io.darter.agent.health.Metrics;
import io.darter.agent.health.Traffic;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.schedulerlink.LinkCounters;
import io.darter.agent.store.PieceStore;
import io.darter.agent.task.TaskProgress;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Everything the agent counts, in the three forms in which it is asked for: heartbeat, status, metrics. */
final class Figures {
    private final OriginClient origin;
    private final Traffic traffic;
    private final PieceStore store;
    private volatile LongSupplier servedBytes = () -> 0;
    private volatile Supplier<String> selfCheck = () -> "off";

    Figures(OriginClient origin, Traffic traffic, PieceStore store) {
        this.origin = origin;
        this.traffic = traffic;
        this.store = store;
    }

    void servedBy(LongSupplier served) {
        servedBytes = served;
    }

    void checkedBy(Supplier<String> outcome) {
        selfCheck = outcome;
    }

    /** Grows whenever content moves, in whatever direction. */
    long movedBytes() {
        return origin.counters().contentBytes()
                + traffic.peerBytes.sum()
                + traffic.deliveredBytes.sum()
                + servedBytes.getAsLong();
    }

    String selfCheck() {
        return selfCheck.get();
    }

    LinkCounters counters() {
        OriginClient.Counters fromOrigin = origin.counters();
        return new LinkCounters(
                fromOrigin.contentBytes(),
                fromOrigin.metaBytes(),
                fromOrigin.requests(),
                traffic.peerBytes.sum(),
                servedBytes.getAsLong(),
                traffic.deliveredBytes.sum(),
                store.bytes());
    }

    AgentStatus status(
            String version, Membership membership, boolean linked, long quotaBytes, List<TaskProgress> tasks) {
        LinkCounters counters = counters();
        return new AgentStatus(
                version,
                membership.node(),
                membership.nodeName(),
                membership.cluster(),
                membership.seed() ? "seed" : "node",
                linked,
                selfCheck.get(),
                counters.storeBytes(),
                quotaBytes,
                store.all().size(),
                counters.originBytes(),
                counters.peerBytes(),
                counters.servedBytes(),
                counters.deliveredBytes(),
                tasks);
    }

    /**
     * @param node what beside the counters can be seen of this node now
     * @param onDiskBytes of the store, everything counted
     */
    Metrics metrics(Node node, LongSupplier onDiskBytes) {
        String received = "darter_traffic_bytes_total";
        String receivedHelp = "Content bytes by where they came from.";
        String pieces = "darter_pieces_total";
        String piecesHelp = "Verified pieces by where they came from.";
        Metrics metrics = new Metrics()
                .counter(
                        received,
                        receivedHelp,
                        "source=\"ORIGIN\"",
                        () -> origin.counters().contentBytes())
                .counter(received, receivedHelp, "source=\"PEER\"", traffic.peerBytes::sum)
                .counter(received, receivedHelp, "source=\"LOCAL\"", traffic.localBytes::sum)
                .counter(
                        "darter_origin_meta_bytes_total",
                        "Bytes of manifests, tokens and HEADs.",
                        () -> origin.counters().metaBytes())
                .counter(
                        "darter_origin_requests_total",
                        "Requests to origins.",
                        () -> origin.counters().requests())
                .counter("darter_delivered_bytes_total", "Bytes handed to callers.", traffic.deliveredBytes::sum)
                .counter("darter_served_bytes_total", "Bytes sent to peers.", () -> servedBytes.getAsLong())
                .counter(pieces, piecesHelp, "source=\"ORIGIN\"", traffic.piecesFromOrigin::sum)
                .counter(pieces, piecesHelp, "source=\"PEER\"", traffic.piecesFromPeers::sum)
                .counter("darter_transfers_failed_total", "Transfers that ended early.", traffic.piecesFailed::sum)
                .counter("darter_tasks_total", "Downloads begun.", traffic.tasksStarted::sum)
                .counter("darter_tasks_failed_total", "Downloads that failed.", traffic.tasksFailed::sum)
                .counter(
                        "darter_passed_through_total",
                        "Contents handed on without being stored, for want of room or of a readable disk.",
                        traffic.passedThrough::sum)
                .gauge("darter_disk_bytes", "What the store takes of the disk.", onDiskBytes)
                .gauge("darter_store_bytes", "Verified bytes in the store.", store::bytes)
                .gauge(
                        "darter_store_contents",
                        "Contents in the store.",
                        () -> store.all().size());
        state(metrics, node);
        for (Traffic.Size size : Traffic.Size.values()) {
            metrics.summary(
                    "darter_task_duration_seconds",
                    "How long downloads took, by the size of their content.",
                    "size=\"" + size + "\"",
                    () -> traffic.endedTasks(size),
                    () -> traffic.endedSeconds(size));
        }
        return metrics;
    }

    /**
     * What can be seen of this node now.
     *
     * @param uploads answers being given to other nodes
     * @param diskFreeBytes on the disk of the store
     */
    record Node(
            String version,
            BooleanSupplier linked,
            IntSupplier tasksRunning,
            IntSupplier uploads,
            LongSupplier quotaBytes,
            LongSupplier diskFreeBytes,
            LongSupplier certificateMillisLeft) {}

    private void state(Metrics metrics, Node node) {
        metrics.gauge("darter_build_info", "Always 1.", "version=\"" + node.version() + "\"", () -> 1)
                .counter("darter_mirror_requests_total", "Requests of container runtimes.", traffic.mirrorRequests::sum)
                .gauge(
                        "darter_scheduler_linked",
                        "1 while the scheduler is there.",
                        () -> node.linked().getAsBoolean() ? 1 : 0)
                .gauge(
                        "darter_tasks_running",
                        "Downloads now.",
                        () -> node.tasksRunning().getAsInt())
                .gauge(
                        "darter_uploads_running",
                        "Answers being given to other nodes now.",
                        () -> node.uploads().getAsInt())
                .gauge("darter_store_quota_bytes", "Bytes that the store may use.", node.quotaBytes())
                .gauge("darter_disk_free_bytes", "Free on the disk of the store.", node.diskFreeBytes())
                .gauge(
                        "darter_certificate_seconds_left",
                        "Until this node's certificate expires; 0 without one.",
                        () -> node.certificateMillisLeft().getAsLong() / 1000);
    }
}
