package io.darter.appliance.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.TraceAnswer;
import io.darter.operator.OperatorException;
import io.darter.operator.TaskTrace;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TraceDeskTest {
    private static final NodeRecord NODE = new NodeRecord("n1", "c", "one", "node", new byte[0], 0);
    private final TraceDesk desk = new TraceDesk(Duration.ofMillis(50));

    @Test
    void theNodesAnswerIsHandedOut() {
        desk.attached("n1", port(question -> desk.answered("n1", answer(question))));
        TaskTrace trace = desk.ask(NODE, "task", Collections.nCopies(200, "sha256-x"));
        assertEquals("one", trace.name());
        assertEquals("64 asked", trace.contents().getFirst().key());
    }

    @Test
    void aNodeThatDoesNotAnswerIsSaidToBeSilent() {
        desk.attached("n1", port(question -> {}));
        assertEquals("NODE_SILENT", refused());
    }

    @Test
    void anotherNodeCannotAnswerInItsPlace() {
        desk.attached("n1", port(question -> desk.answered("n2", answer(question))));
        assertEquals("NODE_SILENT", refused());
    }

    @Test
    void aNodeWithoutALinkIsNotWaitedFor() {
        AgentPort old = port(question -> {});
        desk.attached("n1", old);
        desk.attached("n1", port(question -> desk.answered("n1", answer(question))));
        desk.detached("n1", old);
        assertEquals(1, desk.ask(NODE, "task", List.of("k")).contents().size());
        TraceDesk empty = new TraceDesk(Duration.ofDays(1));
        assertEquals(
                "NODE_OFFLINE",
                assertThrows(OperatorException.class, () -> empty.ask(NODE, "task", List.of()))
                        .problem()
                        .code());
    }

    private String refused() {
        return assertThrows(OperatorException.class, () -> desk.ask(NODE, "task", List.of("k")))
                .problem()
                .code();
    }

    private static TraceAnswer answer(SchedulerMessage question) {
        return TraceAnswer.newBuilder()
                .setRequest(question.getTraceAsk().getRequest())
                .addContents(io.darter.link.v1.ContentTrace.newBuilder()
                        .setKey(question.getTraceAsk().getKeysCount() + " asked"))
                .build();
    }

    private static AgentPort port(Consumer<SchedulerMessage> hears) {
        return new AgentPort() {
            @Override
            public void send(SchedulerMessage message) {
                hears.accept(message);
            }

            @Override
            public void refuse(String code, String words) {}
        };
    }
}
