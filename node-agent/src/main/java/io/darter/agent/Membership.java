package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.config.Secret;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.IdentityFiles;
import io.darter.agent.identity.JoinClient;
import io.darter.agent.identity.JoinToken;
import io.darter.agent.identity.RevokedPeers;
import io.darter.agent.identity.TlsContexts;
import io.darter.agent.peer.PeerSecurity;
import io.darter.swarm.NodeId;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's place in its cluster: joins once, renews daily. Without one the agent serves its own node only. */
final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    private static final long JOIN_RETRY_FIRST_MILLIS = 500;
    private static final long JOIN_RETRY_MAX_MILLIS = 10_000;
    private static final long RENEW_CHECK_MINUTES = 30;

    private final AgentConfig config;
    private final IdentityFiles files;
    private final JoinClient client;
    private final InstantSource clock;
    private final RevokedPeers revoked;
    private volatile @Nullable Member member;
    private volatile @Nullable Thread renewer;

    /** An identity with the contexts made of it. */
    private record Member(Identity identity, SslContext peerServer, SslContext peerClient, SslContext link) {
        static Member of(Identity identity, RevokedPeers revoked) throws DarterException {
            try {
                return new Member(
                        identity,
                        TlsContexts.peerServer(identity, revoked),
                        TlsContexts.peerClient(identity, revoked),
                        TlsContexts.link(identity));
            } catch (SSLException e) {
                throw new DarterException(
                        ErrorCode.CERTIFICATE_REFUSED,
                        "Using this node's certificate",
                        String.valueOf(e.getMessage()),
                        "Join again with a new token.",
                        e);
            }
        }
    }

    Membership(AgentConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.files = new IdentityFiles(config.dataDir());
        this.client = new JoinClient(clock);
        this.revoked = RevokedPeers.load(config.dataDir(), clock);
    }

    /** Takes up the identity on disk, or joins; an appliance that is not there yet is waited for. */
    void start() throws DarterException, InterruptedException {
        Optional<Identity> known = files.load();
        if (known.isEmpty()) {
            Optional<JoinToken> token = token();
            if (token.isEmpty()) {
                log.warn("no join token: this agent serves its own node only");
                return;
            }
            known = Optional.of(join(token.get()));
            files.save(known.get());
            log.atInfo().addKeyValue("node", known.get()).log("joined");
        }
        member = Member.of(known.get(), revoked);
        renewer = Thread.ofVirtual().name("renew").start(this::renewDaily);
    }

    private Identity join(JoinToken token) throws DarterException, InterruptedException {
        long pauseMillis = JOIN_RETRY_FIRST_MILLIS;
        while (true) {
            try {
                return client.join(token, hostname(), config.peer().advertise());
            } catch (DarterException e) {
                if (e.code() != ErrorCode.APPLIANCE_UNREACHABLE) {
                    throw e;
                }
                log.atWarn().addKeyValue("reason", e.getMessage()).log("cannot join yet");
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            pauseMillis = Math.min(JOIN_RETRY_MAX_MILLIS, pauseMillis * 2);
        }
    }

    private Optional<JoinToken> token() throws DarterException {
        if (config.joinToken().isPresent()) {
            Secret token = config.joinToken().get();
            return Optional.of(JoinToken.parse(token.value()));
        }
        if (config.joinTokenFile().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JoinToken.parse(
                    Files.readString(config.joinTokenFile().get()).strip()));
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading joinTokenFile " + config.joinTokenFile().get(),
                    String.valueOf(e),
                    "Give a readable file with the token.",
                    e);
        }
    }

    private void renewDaily() {
        try {
            while (true) {
                renewIfDue();
                TimeUnit.MINUTES.sleep(RENEW_CHECK_MINUTES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewIfDue() throws InterruptedException {
        Member present = member;
        if (present == null || !present.identity().renewalDue(clock.instant())) {
            return;
        }
        try {
            take(client.renew(present.identity()));
            log.info("certificate renewed");
        } catch (DarterException e) {
            log.atWarn().setCause(e).log("certificate not renewed; tried again later");
        }
    }

    private synchronized void take(Identity renewed) throws DarterException {
        files.save(renewed);
        member = Member.of(renewed, revoked);
    }

    /** Until this node's certificate expires; 0 without one. */
    long certificateMillisLeft() {
        Member present = member;
        return present == null
                ? 0
                : present.identity().certificate().getNotAfter().toInstant().toEpochMilli() - clock.millis();
    }

    boolean joined() {
        return member != null;
    }

    boolean seed() {
        Member present = member;
        return present != null && present.identity().seed();
    }

    String node() {
        Member present = member;
        return present == null ? "" : present.identity().node().value();
    }

    String nodeName() {
        Member present = member;
        return present == null ? "" : present.identity().nodeName();
    }

    String cluster() {
        Member present = member;
        return present == null ? "" : present.identity().cluster();
    }

    List<String> agentLinks() {
        Member present = member;
        return present == null ? List.of() : present.identity().agentLinks();
    }

    /** The replicas of the appliance are there now; found again after a restart. Does not wait for the disk. */
    void replicasAt(List<String> agentLinks) {
        Thread.ofVirtual().name("replicas").start(() -> remember(agentLinks));
    }

    private synchronized void remember(List<String> agentLinks) {
        Member present = member;
        if (present == null || present.identity().agentLinks().equals(agentLinks)) {
            return;
        }
        Identity known = present.identity().withAgentLinks(agentLinks);
        member = new Member(known, present.peerServer(), present.peerClient(), present.link());
        try {
            files.save(known);
        } catch (DarterException e) {
            log.atWarn().setCause(e).log("the appliance's addresses are not saved");
        }
    }

    SslContext peerServerTls() {
        return required().peerServer();
    }

    SslContext peerClientTls() {
        return required().peerClient();
    }

    /** For serving peers: as nodes of the cluster know each other. */
    PeerSecurity serverSecurity(boolean tls) {
        return tls || !joined() ? new PeerSecurity.MutualTls(this::peerServerTls, revoked) : plain();
    }

    /** For fetching from peers. */
    PeerSecurity clientSecurity(boolean tls) {
        return tls || !joined() ? new PeerSecurity.MutualTls(this::peerClientTls, revoked) : plain();
    }

    private PeerSecurity plain() {
        return new PeerSecurity.Plain(new NodeId(node()), revoked);
    }

    /** Other nodes of the cluster with whom this one does not speak any more. */
    RevokedPeers revoked() {
        return revoked;
    }

    SslContext linkTls() {
        return required().link();
    }

    private Member required() {
        Member present = member;
        if (present == null) {
            throw new IllegalStateException("this node has not joined");
        }
        return present;
    }

    static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public String toString() {
        Member present = member;
        return present == null ? "not joined" : present.identity().toString();
    }

    @Override
    public void close() {
        Thread thread = renewer;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
