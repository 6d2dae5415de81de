package io.darter.appliance.trace;

import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.operator.Problems;
import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.TraceAnswer;
import io.darter.link.v1.TraceAsk;
import io.darter.operator.OperatorException;
import io.darter.operator.TaskTrace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Asks nodes what happened to a task, over the links that they keep. At most 64 questions at a time. Thread-safe. */
@Component
public final class TraceDesk {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final int QUESTIONS_MAX = 64;
    private static final int KEYS_MAX = 64;

    private final Duration wait;
    private final Map<String, AgentPort> links = new ConcurrentHashMap<>();
    private final Map<Long, Question> questions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private record Question(String node, CompletableFuture<TraceAnswer> answer) {}

    @Autowired
    TraceDesk() {
        this(WAIT);
    }

    TraceDesk(Duration wait) {
        this.wait = wait;
    }

    /** The node's newest link. */
    public void attached(String node, AgentPort port) {
        links.put(node, port);
    }

    /** Only the end of the newest link counts. */
    public void detached(String node, AgentPort port) {
        links.remove(node, port);
    }

    /** Answers that nobody waits for are left out. */
    public void answered(String node, TraceAnswer answer) {
        Question question = questions.get(answer.getRequest());
        if (question != null && question.node().equals(node)) {
            question.answer().complete(answer);
        }
    }

    /**
     * What the node remembers of these contents.
     *
     * @param task the name a person knows
     * @throws OperatorException NODE_OFFLINE, NODE_SILENT or TRACE_BUSY
     */
    public TaskTrace ask(NodeRecord node, String task, List<String> keys) {
        String tried = "Asking node " + node.name() + " about " + task;
        AgentPort port = links.get(node.id());
        if (port == null) {
            throw Problems.exception(
                    "NODE_OFFLINE", 503, tried, "it is not linked to this appliance", "Try again when it is online");
        }
        if (questions.size() >= QUESTIONS_MAX) {
            throw Problems.exception(
                    "TRACE_BUSY", 503, tried, "too many such questions wait for answers", "Try again in a few seconds");
        }
        long number = numbers.incrementAndGet();
        CompletableFuture<TraceAnswer> answer = new CompletableFuture<>();
        questions.put(number, new Question(node.id(), answer));
        try {
            port.send(SchedulerMessage.newBuilder()
                    .setTraceAsk(TraceAsk.newBuilder()
                            .setRequest(number)
                            .addAllKeys(keys.subList(0, Math.min(keys.size(), KEYS_MAX))))
                    .build());
            return TraceMapping.trace(node, task, answer.get(wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            throw silent(tried);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw silent(tried);
        } finally {
            questions.remove(number);
        }
    }

    private OperatorException silent(String tried) {
        return Problems.exception(
                "NODE_SILENT",
                504,
                tried,
                "it did not answer within " + wait.toSeconds() + " s",
                "Try again; an agent older than this appliance cannot answer: update it");
    }
}
