package io.darter.appliance.trace;

import io.darter.appliance.node.NodeRecord;
import io.darter.link.v1.ContentTrace;
import io.darter.link.v1.TraceAnswer;
import io.darter.link.v1.TraceEvent;
import io.darter.link.v1.TraceSource;
import io.darter.operator.TaskTrace;
import java.util.List;

/** A node's answer as operators see it. */
final class TraceMapping {
    private TraceMapping() {}

    static TaskTrace trace(NodeRecord node, String task, TraceAnswer answer) {
        return new TaskTrace(
                node.id(),
                node.name(),
                task,
                answer.getContentsList().stream().map(TraceMapping::content).toList());
    }

    private static TaskTrace.ContentTrace content(ContentTrace content) {
        return new TaskTrace.ContentTrace(
                content.getKey(),
                content.getSizeBytes(),
                content.getState(),
                List.copyOf(content.getVerdictList()),
                content.getStartedMillisAgo(),
                content.getMillis(),
                content.getVerifiedBytes(),
                content.getHeldBytes(),
                content.getOriginBytes(),
                content.getPeerBytes(),
                content.getServedBytes(),
                content.getFirstByteMillis(),
                content.getReaderWaitMillis(),
                content.getCallerMillis(),
                content.getSchedulerWaitMillis(),
                content.getProofMillis(),
                content.getCommitMillis(),
                content.getFailure(),
                content.getSourcesList().stream().map(TraceMapping::source).toList(),
                content.getEventsList().stream().map(TraceMapping::event).toList(),
                content.getEventsLeftOut());
    }

    private static TaskTrace.SourceShare source(TraceSource source) {
        return new TaskTrace.SourceShare(
                source.getName(),
                source.getOrigin(),
                source.getBytes(),
                source.getPieces(),
                source.getRuns(),
                source.getBusyMillis(),
                source.getFailed(),
                source.getRefused(),
                source.getRevoked(),
                source.getLastFailure());
    }

    private static TaskTrace.Event event(TraceEvent event) {
        return new TaskTrace.Event(
                event.getAtMillis(), event.getKind(), event.getSource(), event.getTookMillis(), event.getWords());
    }
}
