package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;

/**
 * HTTP/1.1 to origins over the agent's event loops, with BoringSSL; a request says how long its connection is kept.
 * Redirects, credentials and retries are left to who asks. Any thread may call; calls block and can be interrupted.
 */
final class OriginHttp implements AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("origin-", 0).factory());
    private final OriginPool pool = new OriginPool();
    private final OriginConnector connector;

    /** @param names who knows addresses of hosts */
    OriginHttp(OriginNetwork network, OriginConnector.Names names) {
        this.connector = new OriginConnector(network, names, new OriginTls(), pool, threads);
    }

    /**
     * Asks, and answers with the head; the body is read from the network as somebody reads it, and must be closed.
     *
     * @param ca PEM file of who is trusted; empty = the JDK's list
     * @param stall how long to wait for the head, and then for each next byte
     * @throws NotHttpException if the answer is none
     * @throws SSLException if the origin cannot be trusted
     * @throws IOException if there is no connection or no answer
     * @throws DarterException if the CA's file cannot be read
     */
    OriginResponse send(OriginRequest request, Optional<Path> ca, Duration stall)
            throws IOException, DarterException, InterruptedException {
        OriginPlace place = OriginPlace.of(request.url(), ca);
        Optional<OriginConnection> kept = pool.take(place);
        if (kept.isPresent()) {
            try {
                return kept.get().ask(request, stall);
            } catch (ConnectionBrokeException | SSLException e) {
                if (!request.isRepeatable()) {
                    throw e;
                }
                // The origin had closed the kept connection, which it may; that is no failure of it.
            }
        }
        return connector.connect(place).ask(request, stall);
    }

    /** Who waits for their next request, and who are open at all. */
    OriginPool connections() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
        threads.shutdownNow();
    }
}
