package io.darter.agent.identity;

import io.darter.swarm.NodeId;
import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Who a certificate is for, as the appliance's CA wrote it into the one URI among its names. */
public sealed interface CertificateName {
    /** {@code darter://cluster/<cluster>/node/<node>}. */
    record Node(String cluster, NodeId node) implements CertificateName {}

    /** {@code darter://appliance/<replica>}. */
    record Appliance(String replica) implements CertificateName {}

    /** Empty if the certificate has no name of ours, or more than one. */
    static Optional<CertificateName> of(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> uris = names.stream()
                .filter(name -> Integer.valueOf(6).equals(name.get(0)))
                .map(name -> String.valueOf(name.get(1)))
                .toList();
        return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    }

    private static Optional<CertificateName> parse(String text) {
        try {
            URI uri = URI.create(text);
            if (!"darter".equals(uri.getScheme()) || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            String[] path = String.valueOf(uri.getPath()).split("/", -1);
            if ("appliance".equals(uri.getHost()) && path.length == 2 && !path[1].isEmpty()) {
                return Optional.of(new Appliance(path[1]));
            }
            boolean node = "cluster".equals(uri.getHost()) && path.length == 4 && path[2].equals("node");
            if (node && !path[1].isEmpty()) {
                return Optional.of(new Node(path[1], new NodeId(path[3])));
            }
            return Optional.empty();
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
