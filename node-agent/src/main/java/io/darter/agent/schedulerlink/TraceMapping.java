package io.darter.agent.schedulerlink;

import io.darter.agent.task.ContentTrace;
import io.darter.link.v1.TraceAnswer;
import io.darter.link.v1.TraceEvent;
import io.darter.link.v1.TraceSource;
import java.util.List;

/** Traces to messages of the link. */
final class TraceMapping {
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final int CONTENTS_MAX = 64;

    private TraceMapping() {}

    /** With time lines as far as there is room for them. */
    static TraceAnswer answer(long request, List<ContentTrace> traces) {
        TraceAnswer.Builder answer = TraceAnswer.newBuilder().setRequest(request);
        int left = ANSWER_BYTES_MAX;
        for (ContentTrace trace : traces.subList(0, Math.min(traces.size(), CONTENTS_MAX))) {
            io.darter.link.v1.ContentTrace message = toMessage(trace);
            if (message.getSerializedSize() > left) {
                message = toMessage(trace.summary());
            }
            left -= message.getSerializedSize();
            if (left >= 0) {
                answer.addContents(message);
            }
        }
        return answer.build();
    }

    private static io.darter.link.v1.ContentTrace toMessage(ContentTrace trace) {
        io.darter.link.v1.ContentTrace.Builder message = io.darter.link.v1.ContentTrace.newBuilder()
                .setKey(trace.key())
                .setTask(trace.task())
                .setSizeBytes(trace.sizeBytes())
                .setState(trace.state())
                .addAllVerdict(trace.verdict())
                .setStartedMillisAgo(trace.startedMillisAgo())
                .setMillis(trace.millis())
                .setVerifiedBytes(trace.verifiedBytes())
                .setHeldBytes(trace.heldBytes())
                .setOriginBytes(trace.originBytes())
                .setPeerBytes(trace.peerBytes())
                .setServedBytes(trace.servedBytes())
                .setFirstByteMillis(trace.firstByteMillis())
                .setReaderWaitMillis(trace.readerWaitMillis())
                .setCallerMillis(trace.callerMillis())
                .setSchedulerWaitMillis(trace.schedulerWaitMillis())
                .setProofMillis(trace.proofMillis())
                .setCommitMillis(trace.commitMillis())
                .setFailure(trace.failure())
                .setEventsLeftOut(trace.eventsLeftOut());
        trace.sources().forEach(source -> message.addSources(toMessage(source)));
        trace.events().forEach(event -> message.addEvents(toMessage(event)));
        return message.build();
    }

    private static TraceSource toMessage(ContentTrace.SourceShare source) {
        return TraceSource.newBuilder()
                .setName(source.name())
                .setOrigin(source.origin())
                .setBytes(source.bytes())
                .setPieces(source.pieces())
                .setRuns(source.runs())
                .setBusyMillis(source.busyMillis())
                .setFailed(source.failed())
                .setRefused(source.refused())
                .setRevoked(source.revoked())
                .setLastFailure(source.lastFailure())
                .build();
    }

    private static TraceEvent toMessage(ContentTrace.Event event) {
        return TraceEvent.newBuilder()
                .setAtMillis(event.atMillis())
                .setKind(event.kind())
                .setSource(event.source())
                .setTookMillis(event.tookMillis())
                .setWords(event.words())
                .build();
    }
}
