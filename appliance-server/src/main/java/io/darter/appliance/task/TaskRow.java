package io.darter.appliance.task;

import io.darter.operator.TaskDetail;

/** A task as lists and the database hold it. */
public record TaskRow(String clusterId, TaskDetail detail, long deliveredBytes) {
    public String id() {
        return detail.task().id();
    }

    public boolean isRunning() {
        return detail.task().state().equals("running");
    }
}
