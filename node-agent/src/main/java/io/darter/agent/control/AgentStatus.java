package io.darter.agent.control;

import io.darter.agent.task.TaskProgress;
import java.util.List;

/**
 * What {@code darter status} shows.
 *
 * @param linked whether the scheduler is there
 * @param selfCheck of this start: off, running, passed, failed
 * @param tasks being downloaded now
 */
public record AgentStatus(
        String version,
        String node,
        String nodeName,
        String cluster,
        String role,
        boolean linked,
        String selfCheck,
        long storeBytes,
        long quotaBytes,
        int contents,
        long originBytes,
        long peerBytes,
        long servedBytes,
        long deliveredBytes,
        List<TaskProgress> tasks) {}
