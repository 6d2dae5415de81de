package io.darter.appliance.link;

import io.darter.appliance.StartFailure;
import io.darter.appliance.join.ApplianceTls;
import io.darter.appliance.join.CertificateAuthority;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.settings.ServerConfig;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The agents' port: gRPC, where both ends must show a certificate of the appliance's CA. */
@Component
public class AgentLinkServer implements SmartLifecycle {
    /** Bodies of manifests, 4 MiB at most, and what is around them. */
    private static final int MESSAGE_BYTES_MAX = 8 << 20;

    private final ServerConfig config;
    private final CertificateAuthority authority;
    private final ApplianceTls tls;
    private final AgentLinkService service;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private volatile @Nullable Server server;

    AgentLinkServer(ServerConfig config, CertificateAuthority authority, ApplianceTls tls, AgentLinkService service) {
        this.config = config;
        this.authority = authority;
        this.tls = tls;
        this.service = service;
    }

    @Override
    public void start() {
        try {
            SslContext context = GrpcSslContexts.configure(
                            SslContextBuilder.forServer(tls.agentKeys()), SslProvider.JDK)
                    .trustManager(authority.certificate())
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            server = NettyServerBuilder.forAddress(new InetSocketAddress(config.bind(), config.agentPort()))
                    .sslContext(context)
                    .executor(executor)
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    // A node that vanished without a word is noticed within half a minute.
                    .keepAliveTime(20, TimeUnit.SECONDS)
                    .keepAliveTimeout(10, TimeUnit.SECONDS)
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .intercept(new PeerIdentity.Interceptor())
                    .addService(service)
                    .build()
                    .start();
        } catch (IOException e) {
            throw StartFailure.environment("Opening the agents' port " + config.bind() + ":" + config.agentPort() + ": "
                    + e.getMessage() + ". Choose another agentPort or bind. (PORT_UNAVAILABLE)");
        }
    }

    @Override
    public void stop() {
        Server running = server;
        if (running != null) {
            running.shutdownNow();
            try {
                running.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server = null;
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    @Override
    public int getPhase() {
        return SchedulerService.PHASE + 1;
    }

    /** The port it listens on. */
    public int port() {
        Server running = server;
        return running == null ? config.agentPort() : running.getPort();
    }
}
