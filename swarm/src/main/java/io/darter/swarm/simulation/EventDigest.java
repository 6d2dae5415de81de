package io.darter.swarm.simulation;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** SHA-256 over every event and command with its time: two runs with the same digest were the same run. */
final class EventDigest {
    private final MessageDigest sha256;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

    EventDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String of(String text) {
        EventDigest digest = new EventDigest();
        digest.sha256.update(text.getBytes(StandardCharsets.UTF_8));
        return digest.hex();
    }

    void event(SwarmEvent event, long nowNanos) {
        number(nowNanos);
        switch (event) {
            case SwarmEvent.NodeUp up -> number(1).text(up.node().value());
            case SwarmEvent.NodeChanged(NodeId node, NodeTraits traits) ->
                number(20).text(node.value()).text(traits.duty().name());
            case SwarmEvent.NodeDown(NodeId node) -> number(2).text(node.value());
            case SwarmEvent.Wanted wanted -> {
                number(3)
                        .text(wanted.node().value())
                        .number(wanted.live() ? 1 : 0)
                        .map(wanted.have());
                wanted.fetching().forEach(fetching -> number(fetching.leaseId()).run(fetching.run()));
            }
            case SwarmEvent.Verified(NodeId node, ContentKey _, long lease, PieceRun run, long tookNanos) ->
                number(4).text(node.value()).number(lease).run(run).number(tookNanos);
            case SwarmEvent.LeaseFailed(NodeId node, ContentKey _, long lease, FailureReason reason) ->
                number(5).text(node.value()).number(lease).text(reason.name());
            case SwarmEvent.OriginBusy(NodeId node, ContentKey _, long pauseNanos) ->
                number(19).text(node.value()).number(pauseNanos);
            case SwarmEvent.WholeWrong(NodeId node, ContentKey _) -> number(9).text(node.value());
            case SwarmEvent.Proved(NodeId node, ContentKey _) -> number(10).text(node.value());
            case SwarmEvent.ReaderMoved moved ->
                number(6).text(moved.node().value()).number(moved.piece());
            case SwarmEvent.Released(NodeId node, ContentKey _) -> number(7).text(node.value());
            case SwarmEvent.Tick() -> number(8);
        }
    }

    void command(SwarmCommand command) {
        switch (command) {
            case SwarmCommand.Describe describe ->
                number(11).text(describe.node().value());
            case SwarmCommand.Grant grant -> {
                number(12)
                        .text(grant.node().value())
                        .number(grant.lease().id())
                        .run(grant.lease().run());
                if (grant.lease().source() instanceof Source.Peer(NodeId parent)) {
                    text(parent.value());
                }
            }
            case SwarmCommand.Revoke revoke ->
                number(13).text(revoke.node().value()).number(revoke.leaseId());
            case SwarmCommand.Assist assist -> number(14).text(assist.seed().value());
            case SwarmCommand.GiveUp giveUp -> number(15).text(giveUp.node().value());
            case SwarmCommand.Restart restart -> {
                number(17);
                restart.liars().forEach(liar -> text(liar.value()));
                restart.members().forEach(member -> text(member.value()));
            }
            case SwarmCommand.Discard discard -> number(18).text(discard.node().value());
            case SwarmCommand.Forget forget -> number(16);
        }
    }

    String hex() {
        flush();
        return HexFormat.of().formatHex(sha256.digest());
    }

    private EventDigest number(long value) {
        if (buffer.remaining() < Long.BYTES) {
            flush();
        }
        buffer.putLong(value);
        return this;
    }

    private EventDigest text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        if (buffer.remaining() < bytes.length) {
            flush();
        }
        buffer.put(bytes);
        return this;
    }

    private EventDigest run(PieceRun run) {
        return number(run.first()).number(run.count());
    }

    private void map(@Nullable PieceMap map) {
        for (int word = 0; map != null && word < map.wordCount(); word++) {
            number(map.word(word));
        }
    }

    private void flush() {
        buffer.flip();
        sha256.update(buffer);
        buffer.clear();
    }
}
