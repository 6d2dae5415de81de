package io.darter.agent.schedulerlink;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.task.ContentSource;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.MetaAcquire;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.MetaPublish;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the scheduler before it asks an origin: either another node has (or is getting) the answer, or this node gets it for
 * all. Callers on this node share one question. With no scheduler to ask, this node asks the origin for itself.
 */
public final class RemoteMetaDesk implements MetaDesk {
    private static final long ANSWER_SECONDS = 10;
    private static final long PROBE_MILLIS = 100;
    private static final int ASKED_MAX = 2;
    private static final int PUBLISHED_BYTES_MAX = 4 << 20;

    private final SchedulerLink link;
    private final LongSupplier nanoTime;
    private final MetaCache cache = new MetaCache();
    private final ConcurrentHashMap<String, CompletableFuture<MetaResponse>> flights = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, CompletableFuture<MetaAnswer>> questions = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();

    /** The flight's first caller went away before there was an answer. */
    private static final class Abandoned extends Exception {}

    public RemoteMetaDesk(SchedulerLink link, LongSupplier nanoTime) {
        this.link = link;
        this.nanoTime = nanoTime;
        link.onMeta(this::answered, this::linkLost);
    }

    @Override
    public MetaResponse get(String name, Duration fresh, Fetch fetch) throws DarterException, InterruptedException {
        while (true) {
            var cached = cache.get(name, fresh.toNanos(), nanoTime.getAsLong());
            if (cached.isPresent()) {
                return cached.get();
            }
            CompletableFuture<MetaResponse> mine = new CompletableFuture<>();
            CompletableFuture<MetaResponse> present = flights.putIfAbsent(name, mine);
            if (present == null) {
                return lead(name, fresh, fetch, mine);
            }
            MetaResponse shared = follow(present);
            if (shared != null) {
                return shared;
            }
        }
    }

    private MetaResponse lead(String name, Duration fresh, Fetch fetch, CompletableFuture<MetaResponse> flight)
            throws DarterException, InterruptedException {
        try {
            MetaResponse answer = ask(name, fresh, fetch);
            flight.complete(answer);
            return answer;
        } catch (DarterException e) {
            flight.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(name, flight);
            flight.completeExceptionally(new Abandoned());
        }
    }

    private static @Nullable MetaResponse follow(CompletableFuture<MetaResponse> flight)
            throws DarterException, InterruptedException {
        try {
            return flight.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DarterException words) {
                throw words;
            }
            return null;
        }
    }

    private MetaResponse ask(String name, Duration fresh, Fetch fetch) throws DarterException, InterruptedException {
        for (int asked = 0; asked < ASKED_MAX && link.linked() && !link.silent(); asked++) {
            long request = requests.incrementAndGet();
            MetaAnswer answer = question(request, name, fresh);
            if (answer != null && answer.getFetch()) {
                return fetchForAll(request, name, fetch);
            }
            if (answer != null && answer.hasValue()) {
                MetaResponse value = LinkMapping.fromMessage(answer.getValue());
                long ageMillis = Math.max(
                        0, link.applianceClock().millis() - answer.getValue().getFetchedAtMillis());
                cache.put(name, value, nanoTime.getAsLong() - ageMillis * 1_000_000);
                return value;
            }
        }
        return fetchForUs(name, fetch);
    }

    /** Null if nobody answers in time, or the link is lost. */
    private @Nullable MetaAnswer question(long request, String name, Duration fresh) throws InterruptedException {
        CompletableFuture<MetaAnswer> question = new CompletableFuture<>();
        questions.put(request, question);
        try {
            boolean sent = link.send(AgentMessage.newBuilder()
                    .setMetaAcquire(MetaAcquire.newBuilder()
                            .setRequest(request)
                            .setName(name)
                            .setFreshSeconds((int) Math.min(fresh.toSeconds(), Integer.MAX_VALUE)))
                    .build());
            return sent ? answer(question) : null;
        } catch (ExecutionException e) {
            return null;
        } finally {
            questions.remove(request);
        }
    }

    /** Another node may take its time with the origin, but the scheduler has to be there. */
    private @Nullable MetaAnswer answer(CompletableFuture<MetaAnswer> question)
            throws InterruptedException, ExecutionException {
        long sinceNanos = nanoTime.getAsLong();
        while (true) {
            try {
                return question.get(PROBE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                link.probe();
                if (link.silent() || nanoTime.getAsLong() - sinceNanos > TimeUnit.SECONDS.toNanos(ANSWER_SECONDS)) {
                    return null;
                }
            }
        }
    }

    private MetaResponse fetchForAll(long request, String name, Fetch fetch)
            throws DarterException, InterruptedException {
        MetaPublish.Builder publish =
                MetaPublish.newBuilder().setRequest(request).setName(name);
        try {
            MetaResponse answer = fetchForUs(name, fetch);
            if (answer.body().length <= PUBLISHED_BYTES_MAX) {
                publish.setValue(
                        LinkMapping.toMessage(answer, link.applianceClock().millis()));
            }
            return answer;
        } finally {
            // Also without an answer: the next who waits may try.
            link.send(AgentMessage.newBuilder().setMetaPublish(publish).build());
        }
    }

    private MetaResponse fetchForUs(String name, Fetch fetch) throws DarterException, InterruptedException {
        MetaResponse answer = fetch.fetch();
        cache.put(name, answer, nanoTime.getAsLong());
        return answer;
    }

    private void answered(MetaAnswer answer) {
        CompletableFuture<MetaAnswer> question = questions.get(answer.getRequest());
        if (question != null) {
            question.complete(answer);
        }
    }

    private void linkLost() {
        questions.values().forEach(question -> question.completeExceptionally(new Abandoned()));
    }

    @Override
    public void announce(String task, String manifestDigest, List<ContentSource> contents) {
        link.announce(task, manifestDigest, contents);
    }
}
