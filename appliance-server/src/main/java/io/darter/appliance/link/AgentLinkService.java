package io.darter.appliance.link;

import io.darter.appliance.join.Certificates;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeNews;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.purge.EvictDesk;
import io.darter.appliance.purge.Obedience;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.trace.TraceDesk;
import io.darter.link.v1.AgentLinkGrpc;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Hello;
import io.darter.link.v1.SchedulerMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Attaches agents: identity from the certificate, Hello and Welcome, then mail for the scheduler. */
@Component
class AgentLinkService extends AgentLinkGrpc.AgentLinkImplBase {
    private static final Logger log = LoggerFactory.getLogger(AgentLinkService.class);

    private final NodeDirectory nodes;
    private final Certificates certificates;
    private final SchedulerService scheduler;
    private final TraceDesk traces;
    private final AgentLinks links;
    private final NodeNews news;
    private final EvictDesk evictions;
    private final Obedience obedience;

    AgentLinkService(
            NodeDirectory nodes,
            Certificates certificates,
            SchedulerService scheduler,
            TraceDesk traces,
            AgentLinks links,
            NodeNews news,
            EvictDesk evictions,
            Obedience obedience) {
        this.links = links;
        this.news = news;
        this.evictions = evictions;
        this.obedience = obedience;
        this.nodes = nodes;
        this.certificates = certificates;
        this.scheduler = scheduler;
        this.traces = traces;
    }

    @Override
    public StreamObserver<AgentMessage> attach(StreamObserver<SchedulerMessage> responses) {
        PeerIdentity peer = PeerIdentity.KEY.get();
        var observer = (ServerCallStreamObserver<SchedulerMessage>) responses;
        AgentStream stream = new AgentStream(peer.nodeId(), observer);
        observer.setOnReadyHandler(stream::ready);
        Optional<NodeRecord> node =
                nodes.find(peer.nodeId()).filter(known -> known.clusterId().equals(peer.clusterId()));
        if (certificates.isRevoked(peer.certificate())) {
            stream.refuse(
                    "CERTIFICATE_REVOKED",
                    "Attaching: the node's certificate was revoked. Ask an administrator, then join with a new token");
        } else if (node.isEmpty()) {
            stream.refuse(
                    "NODE_UNKNOWN",
                    "Attaching: this appliance does not know the node " + peer.nodeId() + ". Join it with a new token");
        }
        return new Attached(peer, node.orElse(null), stream);
    }

    /** The receiving end of one link; called by one thread at a time. */
    private final class Attached implements StreamObserver<AgentMessage> {
        private final PeerIdentity peer;
        private final @Nullable NodeRecord node;
        private final AgentStream stream;
        private volatile boolean greeted;
        private boolean over;

        Attached(PeerIdentity peer, @Nullable NodeRecord node, AgentStream stream) {
            this.peer = peer;
            this.node = node;
            this.stream = stream;
        }

        @Override
        public void onNext(AgentMessage message) {
            if (node == null || certificates.isRevoked(peer.certificate())) {
                stream.refuse("CERTIFICATE_REVOKED", "The node's certificate was revoked. Join with a new token");
                return;
            }
            try {
                if (message.hasHello()) {
                    greet(node, message.getHello());
                } else if (!greeted) {
                    stream.refuse("HELLO_MISSING", "Attaching: the first message was not Hello. Update the agent");
                } else if (message.hasHeartbeat()) {
                    nodes.beat(node.id(), message.getHeartbeat());
                    scheduler.outdo(node.clusterId(), message.getHeartbeat().getEpoch());
                } else if (message.hasTraceAnswer()) {
                    traces.answered(node.id(), message.getTraceAnswer());
                } else if (message.hasEvicted()) {
                    evictions.answered(node.id(), message.getEvicted());
                } else if (message.hasObeyed()) {
                    obedience.reported(node, message.getObeyed());
                } else {
                    scheduler.received(node, stream, message);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onError(Throwable cause) {
            stream.broken();
            detached(cause.getMessage());
        }

        @Override
        public void onCompleted() {
            stream.close();
            detached("the agent ended it");
        }

        private void greet(NodeRecord known, Hello hello) throws InterruptedException {
            if (greeted) {
                return;
            }
            String host = hello.getPeerHost().isEmpty() ? peer.address() : hello.getPeerHost();
            if (!isAddress(host) || hello.getPeerPort() < 1 || hello.getPeerPort() > 65535) {
                stream.refuse(
                        "HELLO_INVALID",
                        "Attaching: '" + host + ":" + hello.getPeerPort()
                                + "' is not an address and port. Set peer.advertise and peer.port of the agent");
                return;
            }
            greeted = true;
            scheduler.outdo(known.clusterId(), hello.getEpoch());
            nodes.attached(known.id(), stream, hello, host);
            scheduler.linkUp(known, hello, host, stream);
            traces.attached(known.id(), stream);
            evictions.attached(known.id(), stream);
            links.attached(known.id(), known.clusterId(), stream, () -> detached("the node was removed"));
            news.tell(known.clusterId(), stream);
            if (certificates.isRevoked(peer.certificate())) {
                links.end(known.id(), "CERTIFICATE_REVOKED", "The node was removed meanwhile. Join with a new token");
            }
            log.atInfo()
                    .addKeyValue("node", known.name())
                    .addKeyValue("address", host + ":" + hello.getPeerPort())
                    .log("node attached");
        }

        private void detached(@Nullable String cause) {
            synchronized (this) {
                if (node == null || !greeted || over) {
                    return;
                }
                over = true; // it is ended from both sides
            }
            links.detached(node.id(), stream);
            try {
                scheduler.linkDown(node, stream);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            nodes.detached(node.id(), stream);
            traces.detached(node.id(), stream);
            evictions.detached(node.id(), stream);
            log.atInfo()
                    .addKeyValue("node", node.name())
                    .addKeyValue("cause", cause)
                    .log("node detached");
        }
    }

    private static boolean isAddress(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
