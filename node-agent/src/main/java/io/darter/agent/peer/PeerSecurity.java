package io.darter.agent.peer;

import io.darter.agent.identity.RevokedPeers;
import io.darter.swarm.NodeId;
import io.netty.handler.ssl.SslContext;
import java.util.function.Supplier;

/** How two nodes know each other. Both ends of a cluster must be set alike ({@code peer.tls}). */
public sealed interface PeerSecurity {
    /**
     * Certificates on both sides, and nobody else can read: the default.
     *
     * @param context asked at each new connection, because certificates are renewed
     */
    record MutualTls(Supplier<SslContext> context, RevokedPeers revoked) implements PeerSecurity {
        public MutualTls(Supplier<SslContext> context) {
            this(context, RevokedPeers.none());
        }
    }

    /**
     * For networks in which every machine is trusted: whoever can listen there can read along, and a child is who it says.
     * A content still needs the scheduler's capability for that child.
     *
     * @param self as which this node presents itself
     */
    record Plain(NodeId self, RevokedPeers revoked) implements PeerSecurity {
        public Plain(NodeId self) {
            this(self, RevokedPeers.none());
        }
    }

    /** With whom nobody speaks any more. */
    RevokedPeers revoked();
}
