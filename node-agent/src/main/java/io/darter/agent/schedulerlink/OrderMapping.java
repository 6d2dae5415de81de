package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Evicted;
import io.darter.link.v1.Obeyed;
import io.darter.link.v1.RemovedContent;
import io.darter.link.v1.Revocations;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Tombstones;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Orders as they are on the wire. */
final class OrderMapping {
    static final int REVOKED_MAX = 16_384;
    static final int TOMBSTONES_MAX = 10_000;
    private static final int SERIAL_BYTES_MAX = 21;
    private static final int KEY_BYTES = 32;
    private static final int WORDS_MAX = 300;

    private OrderMapping() {}

    /** @throws IllegalArgumentException if the message makes no sense */
    static void obey(SchedulerMessage message, Orders orders, Consumer<AgentMessage> reply) {
        switch (message.getMessageCase()) {
            case REVOCATIONS -> orders.revoked(revoked(message.getRevocations()));
            case TOMBSTONES -> {
                long version = message.getTombstones().getVersion();
                orders.tombstones(
                        version, keys(message.getTombstones()), removed -> reply.accept(obeyed(version, removed)));
            }
            case EVICT -> {
                long request = message.getEvict().getRequest();
                orders.evict(new ContentKey(message.getEvict().getKey()), removed -> {
                    Evicted.Builder evicted = Evicted.newBuilder().setRequest(request);
                    removed.ifPresent(content -> evicted.setRemoved(toMessage(content)));
                    reply.accept(AgentMessage.newBuilder().setEvicted(evicted).build());
                });
            }
            default -> throw new IllegalArgumentException(message.getMessageCase() + " is no order");
        }
    }

    static List<Orders.Revoked> revoked(Revocations message) {
        require(message.getRevokedCount() <= REVOKED_MAX, "too many revocations");
        return message.getRevokedList().stream()
                .map(each -> {
                    ByteString serial = each.getSerial();
                    require(!serial.isEmpty() && serial.size() <= SERIAL_BYTES_MAX, "a serial of odd length");
                    return new Orders.Revoked(
                            new BigInteger(serial.toByteArray()),
                            new NodeId(each.getNode()),
                            each.getExpiresAtMillis());
                })
                .toList();
    }

    static Set<ContentKey> keys(Tombstones message) {
        ByteString keys = message.getKeys();
        require(keys.size() % KEY_BYTES == 0 && keys.size() <= TOMBSTONES_MAX * KEY_BYTES, "tombstones of odd length");
        Set<ContentKey> found = new HashSet<>();
        for (int at = 0; at < keys.size(); at += KEY_BYTES) {
            byte[] key = keys.substring(at, at + KEY_BYTES).toByteArray();
            found.add(ContentKey.ofSha256Hex(HexFormat.of().formatHex(key)));
        }
        return found;
    }

    private static AgentMessage obeyed(long version, List<Orders.Removed> removed) {
        Obeyed.Builder obeyed = Obeyed.newBuilder().setVersion(version);
        removed.forEach(content -> obeyed.addRemoved(toMessage(content)));
        return AgentMessage.newBuilder().setObeyed(obeyed).build();
    }

    private static RemovedContent toMessage(Orders.Removed removed) {
        String failure = removed.failure();
        return RemovedContent.newBuilder()
                .setKey(removed.key().value())
                .setBytes(removed.bytes())
                .setFailure(failure.substring(0, Math.min(failure.length(), WORDS_MAX)))
                .build();
    }

    private static void require(boolean sensible, String otherwise) {
        if (!sensible) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
