package io.darter.appliance.join;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.operator.Problems;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.JoinTokenView;
import io.darter.operator.NewJoinToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Creating, listing and revoking join tokens; the caller has checked who asks. */
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

    JoinTokenDesk(JoinTokens tokens, Clusters clusters, CertificateAuthority authority, AdvertisedAddresses addresses) {
        this.tokens = tokens;
        this.clusters = clusters;
        this.authority = authority;
        this.addresses = addresses;
    }

    public JoinTokenCreated create(NewJoinToken wish) {
        if (!ROLES.contains(wish.role())) {
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
        JoinTokens.Created created = tokens.create(
                cluster,
                wish.role(),
                wish.uses(),
                Duration.ofSeconds(wish.validSeconds()),
                authority.fingerprint(),
                addresses.servers());
        JoinTokenView view = list().stream()
                .filter(token -> token.id().equals(created.id()))
                .findFirst()
                .orElseThrow();
        return new JoinTokenCreated(view, created.text(), "DARTER_JOIN_TOKEN=" + created.text() + " darter-agent");
    }

    public List<JoinTokenView> list() {
        return tokens.views();
    }

    public void revoke(String id) {
        if (!tokens.revoke(id)) {
            throw Problems.exception(
                    "JOIN_TOKEN_UNKNOWN",
                    404,
                    "Revoking a join token",
                    "there is no join token '" + id + "'",
                    "Look for it in GET /api/v1/join-tokens");
        }
    }
}
