package io.darter.appliance.link;

import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.Refused;
import io.darter.link.v1.SchedulerMessage;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending end of one link: messages wait here while the agent does not read, and an agent that is behind by more
 * than {@link #WAITING_MAX} messages or {@link #WAITING_BYTES_MAX} loses its link and attaches anew. Thread-safe.
 */
final class AgentStream implements AgentPort {
    static final int WAITING_MAX = 4096;
    static final long WAITING_BYTES_MAX = 64L << 20;

    private static final Logger log = LoggerFactory.getLogger(AgentStream.class);

    private final String node;
    private final ServerCallStreamObserver<SchedulerMessage> observer;
    private final Deque<SchedulerMessage> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean over;

    AgentStream(String node, ServerCallStreamObserver<SchedulerMessage> observer) {
        this.node = node;
        this.observer = observer;
    }

    @Override
    public synchronized void send(SchedulerMessage message) {
        if (over) {
            return;
        }
        if (waiting.isEmpty() && observer.isReady()) {
            observer.onNext(message);
            return;
        }
        waiting.add(message);
        waitingBytes += message.getSerializedSize();
        if (waiting.size() > WAITING_MAX || waitingBytes > WAITING_BYTES_MAX) {
            log.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("messages", waiting.size())
                    .log("the agent does not read its link; the link is dropped");
            end();
            observer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("LINK_BEHIND: the agent does not read; attach again")
                    .asRuntimeException());
        }
    }

    @Override
    public synchronized void refuse(String code, String words) {
        if (over) {
            return;
        }
        end();
        observer.onNext(SchedulerMessage.newBuilder()
                .setRefused(Refused.newBuilder().setCode(code).setMessage(words))
                .build());
        observer.onCompleted();
    }

    /** The transport can take more. */
    synchronized void ready() {
        while (!over && observer.isReady()) {
            SchedulerMessage next = waiting.poll();
            if (next == null) {
                return;
            }
            waitingBytes -= next.getSerializedSize();
            observer.onNext(next);
        }
    }

    /** The agent ended the link. */
    synchronized void close() {
        if (!over) {
            end();
            observer.onCompleted();
        }
    }

    /** The link broke. */
    synchronized void broken() {
        end();
    }

    private void end() {
        over = true;
        waiting.clear();
        waitingBytes = 0;
    }
}
