package io.darter.appliance.join;

import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.operator.Problems;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.JoinTokenView;
import io.darter.operator.NewJoinToken;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Creating, listing and revoking join tokens; the caller has been checked. Each change and its entry in the audit are one
 * transaction.
 */
@Service
public class JoinTokenDesk {
    private static final String TRIED = "Creating a join token";
    private static final Set<String> ROLES = Set.of("node", "seed");
    private static final int USES_MAX = 10_000;
    private static final long SECONDS_MIN = 60;
    private static final long SECONDS_MAX = Duration.ofDays(30).toSeconds();

    private final JoinTokens tokens;
    private final Clusters clusters;
    private final CertificateAuthority authority;
    private final AdvertisedAddresses addresses;
    private final AuditLog audit;
    private final TransactionOperations transactions;

    JoinTokenDesk(
            JoinTokens tokens,
            Clusters clusters,
            CertificateAuthority authority,
            AdvertisedAddresses addresses,
            AuditLog audit,
            TransactionOperations transactions) {
        this.audit = audit;
        this.transactions = transactions;
        this.tokens = tokens;
        this.clusters = clusters;
        this.authority = authority;
        this.addresses = addresses;
    }

    public JoinTokenCreated create(NewJoinToken wish) {
        if (wish.role() == null || !ROLES.contains(wish.role())) {
            throw Problems.invalid(TRIED, "the role '" + wish.role() + "' is unknown", "Use node or seed");
        }
        if (wish.uses() < 1 || wish.uses() > USES_MAX) {
            throw Problems.invalid(TRIED, wish.uses() + " uses are out of range", "Use 1 to " + USES_MAX);
        }
        if (wish.validSeconds() < SECONDS_MIN || wish.validSeconds() > SECONDS_MAX) {
            throw Problems.invalid(
                    TRIED,
                    wish.validSeconds() + " s of validity are out of range",
                    "Use " + SECONDS_MIN + " to " + SECONDS_MAX + " seconds");
        }
        Cluster cluster = clusters.find(wish.cluster() == null ? "" : wish.cluster())
                .orElseThrow(() -> Problems.exception(
                        "CLUSTER_UNKNOWN",
                        404,
                        TRIED,
                        "there is no cluster '" + wish.cluster() + "'",
                        "Name one of the clusters in GET /api/v1/clusters"));
        JoinTokenCreated made = transactions.execute(_ -> create(wish, cluster));
        if (made == null) {
            throw new IllegalStateException("a transaction without its answer");
        }
        return made;
    }

    private JoinTokenCreated create(NewJoinToken wish, Cluster cluster) {
        JoinTokens.Created created = tokens.create(
                cluster,
                wish.role(),
                wish.uses(),
                Duration.ofSeconds(wish.validSeconds()),
                authority.fingerprint(),
                addresses.servers());
        JoinTokenView view = tokens.view(created.id()).orElseThrow();
        audit.record("join-token.create", created.id(), cluster.id(), null, view);
        return new JoinTokenCreated(view, created.text(), "DARTER_JOIN_TOKEN=" + created.text() + " darter-agent");
    }

    public List<JoinTokenView> list(Collection<String> clusterIds) {
        return tokens.views(clusterIds);
    }

    /** Id of the cluster that the token is for. */
    public Optional<String> clusterOf(String id) {
        return tokens.find(id).map(JoinTokens.Stored::clusterId);
    }

    public void revoke(String id) {
        transactions.executeWithoutResult(_ -> {
            JoinTokenView before = tokens.view(id).orElse(null);
            refuseUnknown(id, tokens.revoke(id));
            audit.record(
                    "join-token.revoke",
                    id,
                    clusterOf(id).orElseThrow(),
                    before,
                    tokens.view(id).orElse(null));
        });
    }

    private static void refuseUnknown(String id, boolean known) {
        if (!known) {
            throw Problems.exception(
                    "JOIN_TOKEN_UNKNOWN",
                    404,
                    "Revoking a join token",
                    "there is no join token '" + id + "'",
                    "Look for it in GET /api/v1/join-tokens");
        }
    }
}
