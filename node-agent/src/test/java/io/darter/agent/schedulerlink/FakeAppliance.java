package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.TestCluster;
import io.darter.link.v1.AgentLinkGrpc;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.NotOwner;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Welcome;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** The scheduler's end of the link over mTLS: records what agents say, answers what a test tells it to. */
final class FakeAppliance extends AgentLinkGrpc.AgentLinkImplBase implements AutoCloseable {
    private final Server server;
    volatile long epoch = 1;
    volatile String replica = "one";
    /** Whether it answers a hello with a welcome; else with NotOwner. */
    volatile boolean owner = true;

    private final List<AgentMessage> heard = new ArrayList<>();
    private volatile BiConsumer<AgentMessage, StreamObserver<SchedulerMessage>> answers = (message, answer) -> {};
    private volatile StreamObserver<SchedulerMessage> stream = new Nobody();

    FakeAppliance(TestCluster cluster, X509Bundle bundle) throws Exception {
        this(cluster, bundle.getKeyPair().getPrivate(), bundle.getCertificatePath());
    }

    /** A node of the cluster that would like to be the scheduler. */
    FakeAppliance(TestCluster cluster, Identity node) throws Exception {
        this(cluster, node.key(), node.certificate());
    }

    private FakeAppliance(TestCluster cluster, PrivateKey key, X509Certificate... chain) throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(key, chain))
                        .trustManager(cluster.ca())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build())
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .addService(this)
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    void onMessage(BiConsumer<AgentMessage, StreamObserver<SchedulerMessage>> action) {
        answers = action;
    }

    void say(SchedulerMessage message) {
        stream.onNext(message);
    }

    /** Breaks the stream, as a scheduler that dies does. */
    void drop() {
        stream.onError(Status.UNAVAILABLE.asRuntimeException());
    }

    @Override
    public StreamObserver<AgentMessage> attach(StreamObserver<SchedulerMessage> responses) {
        stream = responses;
        return new Hearing(responses);
    }

    private final class Hearing implements StreamObserver<AgentMessage> {
        private final StreamObserver<SchedulerMessage> responses;

        Hearing(StreamObserver<SchedulerMessage> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(AgentMessage message) {
            if (message.hasHello()) {
                responses.onNext(owner ? welcome() : notOwner());
            }
            hear(message);
            answers.accept(message, responses);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    SchedulerMessage welcome() {
        return SchedulerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setReplica(replica)
                        .setEpoch(epoch)
                        .setClockMillis(1_000_000)
                        .setHeartbeatSeconds(1)
                        .setAnswersPings(true)
                        .setNode("n1")
                        .setCapabilityKey(ByteString.copyFrom(new byte[32])))
                .build();
    }

    SchedulerMessage notOwner() {
        return SchedulerMessage.newBuilder()
                .setNotOwner(NotOwner.newBuilder().setReplica(replica).setHeartbeatSeconds(1))
                .build();
    }

    private static final class Nobody implements StreamObserver<SchedulerMessage> {
        @Override
        public void onNext(SchedulerMessage message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    private synchronized void hear(AgentMessage message) {
        heard.add(message);
        notifyAll();
    }

    synchronized AgentMessage await(Predicate<AgentMessage> what) throws InterruptedException {
        return await(what, 1);
    }

    /** Waits for the n-th such message, 20 s at most. */
    synchronized AgentMessage await(Predicate<AgentMessage> what, int nth) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            List<AgentMessage> such = heard.stream().filter(what).toList();
            if (such.size() >= nth) {
                return such.get(nth - 1);
            }
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError("not heard, but: " + heard);
            }
            wait(leftMillis);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
