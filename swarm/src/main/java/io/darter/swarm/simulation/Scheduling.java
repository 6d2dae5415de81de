package io.darter.swarm.simulation;

import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's side: the production core of the present epoch, and the streams to the nodes. A stream carries messages
 * in order or breaks: what was in it is lost then, and the node's next stream begins with all that it holds.
 */
final class Scheduling {
    static final long TICK_NANOS = 100_000_000L;
    /** As in the appliance: nodes that were linked before are back by then. */
    private static final long GATHER_NANOS = 3_000_000_000L;

    private final Simulation simulation;
    private final SchedulingPolicy policy;
    private final Invariants invariants;
    private final EventDigest digest;
    private final Chaos chaos;
    private final List<SimNode> addressed = new ArrayList<>();
    /** Null: there is no scheduler at the moment. */
    private @Nullable SwarmScheduler core;

    private long messages;
    private int epoch;
    /** What was held before is not trusted: a node that comes back looks at it again. */
    private boolean restarted;

    Scheduling(
            Simulation simulation,
            SchedulingPolicy policy,
            long seed,
            Invariants invariants,
            EventDigest digest,
            Chaos chaos) {
        this.simulation = simulation;
        this.policy = policy;
        this.invariants = invariants;
        this.digest = digest;
        this.chaos = chaos;
        this.core = new SwarmScheduler(policy, seed);
    }

    long messages() {
        return messages;
    }

    int epoch() {
        return epoch;
    }

    boolean isThere() {
        return core != null;
    }

    void tick() {
        apply(List.of(new SwarmEvent.Tick()));
        simulation.queue.after(TICK_NANOS, this::tick);
    }

    /** A stream begins: the node says who it is, what it wants, what it has and what it is fetching. */
    void hello(SimNode node) {
        node.linked = true;
        node.generation++; // what is still sent on the stream before comes nowhere
        node.epoch = epoch;
        if (restarted) {
            node.discardWrong(); // the scheduler's list of digests says so when the node tells what it holds
        }
        node.clock.told(simulation.queue.nowNanos() - latencyNanos(node), simulation.queue.nowNanos());
        List<SwarmEvent> events = new ArrayList<>();
        events.add(new SwarmEvent.NodeUp(node.id, new NodeTraits(false, node.zone, node.rack)));
        events.add(node.wanted());
        tell(node, events);
    }

    void tell(SimNode node, List<SwarmEvent> events) {
        messages++;
        int generation = node.generation;
        long now = simulation.queue.nowNanos();
        long arrives = Math.max(node.lastToSchedulerNanos, Math.max(now, node.silentUntilNanos) + latencyNanos(node));
        node.lastToSchedulerNanos = arrives;
        simulation.queue.at(arrives, SimEvent.of(() -> {
            if (node.generation == generation && node.epoch == epoch) {
                apply(events);
            } else {
                simulation.lostMessages++;
            }
        }));
    }

    /** The scheduler sees the stream of a node end. */
    void linkBroke(SimNode node) {
        apply(List.of(new SwarmEvent.NodeDown(node.id)));
    }

    /** From now on nobody grants anything. */
    void stop() {
        core = null;
    }

    /** Another takes over. It knows nothing but what the nodes say when they come. */
    void takeOver(long seed) {
        epoch++;
        long gatheringUntil = simulation.queue.nowNanos() + GATHER_NANOS;
        core = new SwarmScheduler(policy, seed, epoch, gatheringUntil);
        Map<NodeId, PieceMap> held = new LinkedHashMap<>();
        for (SimNode node : simulation.nodes) {
            if (node.serves() && node.wantsContent()) {
                held.put(node.id, node.held());
            }
        }
        invariants.newEpoch(held);
    }

    private void apply(List<SwarmEvent> events) {
        SwarmScheduler scheduler = core;
        if (scheduler == null) {
            return;
        }
        long now = simulation.queue.nowNanos();
        for (SwarmEvent event : events) {
            digest.event(event, now);
            invariants.before(event, now);
        }
        for (SwarmCommand command : scheduler.apply(events, now)) {
            digest.command(command);
            invariants.after(command, now);
            address(command);
        }
        for (SimNode node : addressed) {
            send(node);
        }
        addressed.clear();
    }

    private void address(SwarmCommand command) {
        switch (command) {
            case SwarmCommand.Describe describe -> address(describe.node(), command);
            case SwarmCommand.Grant grant -> address(grant.node(), command);
            case SwarmCommand.Revoke revoke -> address(revoke.node(), command);
            case SwarmCommand.Assist assist -> address(assist.seed(), command);
            case SwarmCommand.GiveUp giveUp -> address(giveUp.node(), command);
            case SwarmCommand.Restart restart -> {
                restarted = true;
                restart.members().forEach(node -> address(node, command));
            }
            case SwarmCommand.Discard discard -> address(discard.node(), command);
            case SwarmCommand.Forget _ -> {}
        }
    }

    private void address(NodeId id, SwarmCommand command) {
        SimNode node = simulation.node(id);
        if (node.outgoing.isEmpty()) {
            addressed.add(node);
        }
        node.outgoing.add(command);
    }

    /** All that one decision has for one node travels in one message. */
    private void send(SimNode node) {
        messages++;
        List<SwarmCommand> commands = node.outgoing;
        node.outgoing = new ArrayList<>();
        int generation = node.generation;
        int sentIn = epoch;
        long now = simulation.queue.nowNanos();
        long arrives = Math.max(node.lastFromSchedulerNanos, Math.max(now, node.silentUntilNanos) + latencyNanos(node));
        node.lastFromSchedulerNanos = arrives;
        simulation.queue.at(arrives, SimEvent.of(() -> {
            if (node.generation == generation && node.linked && sentIn == node.epoch) {
                node.receive(commands);
            } else if (node.linked && sentIn < node.epoch && node.alive) {
                simulation.staleMessages++; // of a scheduler that is none any more
            } else {
                simulation.lostMessages++;
            }
        }));
    }

    private long latencyNanos(SimNode node) {
        return simulation.pieceNanos / 10 + node.extraLatencyNanos + chaos.delayNanos();
    }
}
