package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits for an agent that ended or is being started anew in the middle of a get: its service starts it again after a second,
 * and one that stops in good order takes 5 s to do so.
 */
final class AgentReturn {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 200;
    /** An agent that dies of this very request again and again. */
    private static final int LOSSES_MAX = 10;

    private final AgentSocket agent;
    private final GetWish wish;
    private final Deadline deadline;
    private final PrintWriter err;
    private final Duration patience;
    private long lostAtNanos;
    private long bytesThen = -1;
    private int losses;

    /** @param patience from each loss on */
    AgentReturn(AgentSocket agent, GetWish wish, Deadline deadline, PrintWriter err, Duration patience) {
        this.agent = agent;
        this.wish = wish;
        this.deadline = deadline;
        this.err = err;
        this.patience = patience;
    }

    /** Whether it says no more than that the agent is not there any more, or will not be in a moment. */
    static boolean mayCome(DarterException failure) {
        return failure.code() == ErrorCode.AGENT_UNREACHABLE || failure.code() == ErrorCode.INTERRUPTED;
    }

    /**
     * Returns when somebody listens again.
     *
     * @param bytes that are here now: if there are more than the last time, it is another loss, and the time begins again
     * @throws DarterException AGENT_UNREACHABLE if nobody came in time, or it was lost too often; TIMEOUT
     */
    void await(DarterException failure, long bytes) throws DarterException {
        if (bytes > bytesThen) {
            bytesThen = bytes;
            lostAtNanos = System.nanoTime();
            losses++;
            err.println("The agent went away (" + failure.happened() + "); waiting for it to come back.");
            err.flush();
        }
        do {
            if (losses > LOSSES_MAX || System.nanoTime() - lostAtNanos > patience.toNanos()) {
                throw new DarterException(
                        ErrorCode.AGENT_UNREACHABLE,
                        "Fetching " + wish.url(),
                        "the agent went away and did not come back within " + patience.toMillis() / 1000.0 + " s ("
                                + failure.happened() + ")",
                        "See the agent's log (journalctl -u darter-agent); the same command goes on from what has come.",
                        failure);
            }
            pause();
            deadline.check(wish.url());
        } while (!listens());
    }

    private boolean listens() {
        try (AgentSocket.Answer answer = agent.get("/v1/share?content=")) {
            return answer.status() == 200;
        } catch (DarterException | IOException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
