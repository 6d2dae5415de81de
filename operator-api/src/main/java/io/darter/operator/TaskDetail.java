package io.darter.operator;

import java.util.List;

/** A task with its contents and nodes. */
public record TaskDetail(TaskView task, List<ContentView> contents, List<TaskNodeView> nodes) {
    /** One content of the task, for example a layer. */
    public record ContentView(String key, long sizeBytes, int pieces, int pieceBytes, int rarestCopies) {}

    /** What one node has of the task: verified bytes by source. */
    public record TaskNodeView(
            String node, String name, String role, long verifiedBytes, long originBytes, long peerBytes) {}
}
