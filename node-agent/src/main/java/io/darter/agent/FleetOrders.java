package io.darter.agent;

import io.darter.agent.identity.RevokedPeers;
import io.darter.agent.purge.Purging;
import io.darter.agent.schedulerlink.Orders;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Obeys what operators decided: at once in memory, and on threads of its own on the disk. */
final class FleetOrders implements Orders {
    private static final Logger log = LoggerFactory.getLogger(FleetOrders.class);

    private final RevokedPeers revoked;
    private final Runnable partWithRevoked;
    private final Purging purging;

    /** @param partWithRevoked ends what connections there are with nodes that are revoked; must not wait */
    FleetOrders(RevokedPeers revoked, Runnable partWithRevoked, Purging purging) {
        this.revoked = revoked;
        this.partWithRevoked = partWithRevoked;
        this.purging = purging;
    }

    @Override
    public void revoked(List<Revoked> certificates) {
        boolean news = revoked.add(certificates.stream()
                .map(each -> new RevokedPeers.Entry(each.serial(), each.node(), each.expiresAtMillis()))
                .toList());
        if (!news) {
            return;
        }
        log.atInfo().addKeyValue("certificates", certificates.size()).log("certificates of other nodes were revoked");
        Thread.ofVirtual().name("revoked").start(() -> {
            partWithRevoked.run();
            try {
                revoked.save();
            } catch (IOException e) {
                log.atError().setCause(e).log("revocations are not written down; they come again with the link");
            }
        });
    }

    @Override
    public void tombstones(long version, Set<ContentKey> keys, Consumer<List<Removed>> report) {
        if (purging.heard(version, keys)) {
            Thread.ofVirtual().name("purge").start(() -> report.accept(removed(purging.obey())));
        }
    }

    @Override
    public void evict(ContentKey key, Consumer<Optional<Removed>> report) {
        Thread.ofVirtual()
                .name("evict")
                .start(() -> report.accept(removed(purging.evict(key)).stream().findFirst()));
    }

    private static List<Removed> removed(List<Purging.Removed> removed) {
        return removed.stream()
                .map(each -> new Removed(each.key(), each.bytes(), each.failure()))
                .toList();
    }
}
