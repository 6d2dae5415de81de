package io.darter.appliance.purge;

import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.operator.Problems;
import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.Evict;
import io.darter.link.v1.Evicted;
import io.darter.link.v1.SchedulerMessage;
import io.darter.operator.EvictedContent;
import io.darter.operator.OperatorException;
import io.darter.swarm.ContentKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Has one node let go of a content, over the link that it keeps. At most 64 at a time. Thread-safe. */
@Component
public final class EvictDesk {
    private static final int QUESTIONS_MAX = 64;
    private static final long WAIT_SECONDS = 10;

    private final NodeDirectory nodes;
    private final AuditLog audit;
    private final Map<String, AgentPort> links = new ConcurrentHashMap<>();
    private final Map<Long, Question> questions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private record Question(String node, CompletableFuture<Evicted> answer) {}

    EvictDesk(NodeDirectory nodes, AuditLog audit) {
        this.nodes = nodes;
        this.audit = audit;
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
    public void answered(String node, Evicted evicted) {
        Question question = questions.get(evicted.getRequest());
        if (question != null && question.node().equals(node)) {
            question.answer().complete(evicted);
        }
    }

    /**
     * Waits for the node, 10 s at most.
     *
     * @throws OperatorException NODE_UNKNOWN, NODE_OFFLINE, NODE_SILENT, EVICT_BUSY or EVICT_FAILED
     */
    public EvictedContent evict(String id, String content) {
        String tried = "Evicting a content of the node " + id;
        ContentKey key = PurgeDesk.key(content, tried);
        NodeRecord node = nodes.find(id)
                .orElseThrow(() -> Problems.exception(
                        "NODE_UNKNOWN", 404, tried, "there is no such node", "Look for it in GET /api/v1/nodes"));
        AgentPort port = links.get(id);
        if (port == null) {
            throw Problems.exception(
                    "NODE_OFFLINE", 409, tried, "it is not linked to this appliance", "Try again when it is online");
        }
        if (questions.size() >= QUESTIONS_MAX) {
            throw Problems.exception(
                    "EVICT_BUSY", 429, tried, "too many nodes are being waited for", "Try again in a few seconds");
        }
        Evicted answer = ask(node, port, key, tried);
        if (!answer.getRemoved().getFailure().isEmpty()) {
            throw Problems.exception(
                    "EVICT_FAILED",
                    502,
                    tried,
                    answer.getRemoved().getFailure(),
                    "Look into the agent's log and its disk");
        }
        EvictedContent evicted = new EvictedContent(
                key.value(),
                answer.hasRemoved(),
                Math.max(0, answer.getRemoved().getBytes()));
        audit.record("content.evict", node.name(), node.clusterId(), evicted, null);
        return evicted;
    }

    private Evicted ask(NodeRecord node, AgentPort port, ContentKey key, String tried) {
        long number = numbers.incrementAndGet();
        CompletableFuture<Evicted> answer = new CompletableFuture<>();
        questions.put(number, new Question(node.id(), answer));
        try {
            port.send(SchedulerMessage.newBuilder()
                    .setEvict(Evict.newBuilder().setRequest(number).setKey(key.value()))
                    .build());
            return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw silent(tried);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw silent(tried);
        } finally {
            questions.remove(number);
        }
    }

    private static OperatorException silent(String tried) {
        return Problems.exception(
                "NODE_SILENT",
                504,
                tried,
                "it did not answer within " + WAIT_SECONDS + " s",
                "Try again; an agent older than this appliance cannot answer: update it");
    }
}
