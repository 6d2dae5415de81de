package io.darter.appliance.link;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who is at the other end of a link: what the certificate says, nothing else.
 *
 * @param address of the connection, without port
 */
record PeerIdentity(String clusterId, String nodeId, X509Certificate certificate, String address) {
    static final Context.Key<PeerIdentity> KEY = Context.key("peer-identity");

    private static final Pattern NODE_URI = Pattern.compile("darter://cluster/([a-z0-9-]+)/node/([a-z0-9-]{1,64})");
    private static final int URI_NAME = 6;

    /** Reads the identity of each call; a certificate that is not a node's gets no further. */
    static final class Interceptor implements ServerInterceptor {
        @Override
        public <I, O> ServerCall.Listener<I> interceptCall(
                ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
            Optional<PeerIdentity> identity = read(call);
            if (identity.isEmpty()) {
                call.close(
                        Status.UNAUTHENTICATED.withDescription(
                                "NOT_A_NODE: attaching needs a node's certificate; join this machine first"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(KEY, identity.get()), call, headers, next);
        }
    }

    private static Optional<PeerIdentity> read(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (session == null || !(remote instanceof InetSocketAddress address)) {
            return Optional.empty();
        }
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            return nodeUri(certificate)
                    .map(uri -> new PeerIdentity(
                            uri.group(1),
                            uri.group(2),
                            certificate,
                            address.getAddress().getHostAddress()));
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return Optional.empty();
        }
    }

    private static Optional<Matcher> nodeUri(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null || names.size() != 1) {
            return Optional.empty();
        }
        List<?> name = names.iterator().next();
        if (!name.getFirst().equals(URI_NAME)) {
            return Optional.empty();
        }
        return Optional.of(NODE_URI.matcher(String.valueOf(name.get(1)))).filter(Matcher::matches);
    }
}
