package io.darter.appliance.task;

import io.darter.operator.TaskDetail.TaskNodeView;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one node has of one task. Not thread-safe. */
final class NodeProgress {
    private final NodeId node;
    private final String name;
    private final String role;
    private final Map<ContentKey, Part> parts = new LinkedHashMap<>();
    private long originBytes;
    private long peerBytes;
    private long deliveredBytes;

    /** One content on this node. */
    private static final class Part {
        private final PieceGeometry geometry;
        private final PieceMap verified;
        private long verifiedBytes;
        private boolean dropped;

        Part(PieceGeometry geometry) {
            this.geometry = geometry;
            this.verified = new PieceMap(geometry.pieces());
        }

        void add(PieceRun run) {
            for (int piece = run.first(); piece < run.end(); piece++) {
                if (verified.set(piece)) {
                    verifiedBytes += geometry.length(piece);
                }
            }
        }
    }

    NodeProgress(NodeId node, String name, String role) {
        this.node = node;
        this.name = name;
        this.role = role;
    }

    void wanted(ContentKey content, PieceGeometry geometry, @Nullable PieceMap have) {
        Part known = parts.get(content);
        // A content without a digest, or one that a node lied about, may come back with another size.
        Part part = known != null && known.geometry.equals(geometry) ? known : new Part(geometry);
        parts.put(content, part);
        part.dropped = false;
        if (have != null) {
            for (int piece = 0; piece < have.pieces(); piece++) {
                if (have.get(piece)) {
                    part.add(PieceRun.of(piece));
                }
            }
        }
    }

    void verified(ContentKey content, PieceRun run, boolean fromOrigin) {
        Part part = parts.get(content);
        if (part == null) {
            return;
        }
        part.add(run);
        if (fromOrigin) {
            originBytes += part.geometry.bytes(run);
        } else {
            peerBytes += part.geometry.bytes(run);
        }
    }

    void delivered(long bytes) {
        deliveredBytes += bytes;
    }

    /** The node gave the content up, or is gone: nobody waits for it any more. */
    void dropped(ContentKey content) {
        Part part = parts.get(content);
        if (part != null) {
            part.dropped = true;
        }
    }

    void gone() {
        parts.values().forEach(part -> part.dropped = true);
    }

    boolean wants(ContentKey content) {
        Part part = parts.get(content);
        return part != null && !part.dropped && !part.verified.isFull();
    }

    boolean isWaiting() {
        return parts.values().stream().anyMatch(part -> !part.dropped && !part.verified.isFull());
    }

    boolean isDone() {
        return parts.values().stream().allMatch(part -> part.verified.isFull());
    }

    long wantedBytes() {
        return parts.values().stream()
                .mapToLong(part -> part.geometry.sizeBytes())
                .sum();
    }

    long verifiedBytes() {
        return parts.values().stream().mapToLong(part -> part.verifiedBytes).sum();
    }

    long originBytes() {
        return originBytes;
    }

    long peerBytes() {
        return peerBytes;
    }

    long deliveredBytes() {
        return deliveredBytes;
    }

    TaskNodeView view() {
        return new TaskNodeView(node.value(), name, role, verifiedBytes(), originBytes, peerBytes);
    }
}
