package io.darter.agent.schedulerlink;

import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Replica;
import io.darter.link.v1.Replicas;
import io.darter.link.v1.SchedulerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams to the replicas of the appliance, one to each. The first goes to whichever answers; that one tells which
 * others there are. An appliance that is alone tells nothing. Safe for use by many threads.
 */
final class ReplicaStreams implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicaStreams.class);
    private static final int REPLICAS_MAX = 16;
    private static final int LINKS_MAX = 16;
    private static final Pattern LINK = Pattern.compile("[^\\s]{1,255}:\\d{1,5}");

    private final SchedulerLink.Settings settings;
    private final End end;
    private final List<LinkKeeper> keepers = new ArrayList<>();
    private Consumer<List<String>> toldLinks = links -> {};
    private List<String> lastLinks = List.of();
    private boolean closed;

    /** What all streams share. */
    interface End {
        AgentMessage hello();

        AgentMessage heartbeat();

        int heartbeatMillis();

        void received(LinkKeeper keeper, LinkSession session, SchedulerMessage message);

        /** The session is over. */
        void lost(LinkSession session);
    }

    ReplicaStreams(SchedulerLink.Settings settings, End end) {
        this.settings = settings;
        this.end = end;
    }

    synchronized void start() {
        keep(new LinkKeeper(settings, end, "", settings.addresses()));
    }

    synchronized void onReplicas(Consumer<List<String>> told) {
        toldLinks = told;
    }

    /** The replica at the other end says who it is. */
    synchronized void named(LinkKeeper keeper, String replica) {
        Optional<LinkKeeper> other =
                of(replica).filter(same -> same != keeper && !replica.isEmpty() && keepers.contains(keeper));
        keeper.named(replica);
        other.ifPresent(same -> {
            // Its address was another's before: two streams to one replica would end each other for ever.
            keepers.remove(same);
            same.close();
        });
    }

    /** Which replicas there are; links to others are given up. */
    synchronized void told(LinkKeeper by, Replicas message) {
        List<Replica> replicas = message.getReplicasList();
        boolean sensible = !replicas.isEmpty()
                && replicas.size() <= REPLICAS_MAX
                && replicas.stream().allMatch(ReplicaStreams::isSensible)
                && replicas.stream().anyMatch(replica -> replica.getName().equals(by.replica()));
        if (closed || !sensible || !keepers.contains(by)) {
            log.atWarn().log("a list of replicas makes no sense and is left out");
            return;
        }
        for (LinkKeeper keeper : List.copyOf(keepers)) {
            if (replicas.stream().noneMatch(replica -> replica.getName().equals(keeper.replica()))) {
                keepers.remove(keeper);
                keeper.close();
            }
        }
        List<String> links = new ArrayList<>();
        for (Replica replica : replicas) {
            List<String> own = List.copyOf(replica.getLinksList());
            links.addAll(own);
            of(replica.getName())
                    .ifPresentOrElse(
                            known -> known.leadsBy(own),
                            () -> keep(new LinkKeeper(settings, end, replica.getName(), () -> own)));
        }
        if (!links.equals(lastLinks)) {
            lastLinks = List.copyOf(links);
            toldLinks.accept(lastLinks);
        }
    }

    /** Says it on every stream but this one. */
    synchronized void tellOthers(LinkSession session, AgentMessage message) {
        for (LinkKeeper keeper : keepers) {
            LinkSession other = keeper.session();
            if (other != null && other != session && other.isWelcomed()) {
                other.send(message);
            }
        }
    }

    private void keep(LinkKeeper keeper) {
        keepers.add(keeper);
        keeper.start();
    }

    private Optional<LinkKeeper> of(String replica) {
        return keepers.stream()
                .filter(keeper -> keeper.replica().equals(replica))
                .findFirst();
    }

    private static boolean isSensible(Replica replica) {
        return !replica.getName().isEmpty()
                && replica.getLinksCount() > 0
                && replica.getLinksCount() <= LINKS_MAX
                && replica.getLinksList().stream()
                        .allMatch(link -> LINK.matcher(link).matches());
    }

    @Override
    public synchronized void close() {
        closed = true;
        keepers.forEach(LinkKeeper::close);
        keepers.clear();
    }
}
