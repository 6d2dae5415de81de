package io.darter.appliance.purge;

import io.darter.appliance.access.Caller;
import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeNews;
import io.darter.appliance.node.NodeWishes;
import io.darter.appliance.operator.Problems;
import io.darter.operator.NewTombstone;
import io.darter.operator.OperatorException;
import io.darter.operator.TombstoneView;
import io.darter.swarm.ContentKey;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Purging contents from a cluster, and lifting that again; the caller has been checked. Each change and its entry in the
 * audit are one transaction.
 */
@Service
public class PurgeDesk {
    static final int TOMBSTONES_MAX = 10_000;
    private static final int REASON_CHARS_MAX = 500;

    private final Tombstones tombstones;
    private final Clusters clusters;
    private final NodeDirectory nodes;
    private final NodeWishes wishes;
    private final NodeNews news;
    private final Obedience obedience;
    private final AuditLog audit;
    private final TransactionOperations transactions;

    PurgeDesk(
            Tombstones tombstones,
            Clusters clusters,
            NodeDirectory nodes,
            NodeWishes wishes,
            NodeNews news,
            Obedience obedience,
            AuditLog audit,
            TransactionOperations transactions) {
        this.tombstones = tombstones;
        this.clusters = clusters;
        this.nodes = nodes;
        this.wishes = wishes;
        this.news = news;
        this.obedience = obedience;
        this.audit = audit;
        this.transactions = transactions;
    }

    public List<TombstoneView> list(String clusterName) {
        Cluster cluster = cluster(clusterName, "Listing tombstones");
        return tombstones.list(cluster.id()).stream()
                .map(stone -> view(cluster, stone))
                .toList();
    }

    public TombstoneView purge(String clusterName, NewTombstone wish) {
        String tried = "Purging a content";
        Cluster cluster = cluster(clusterName, tried);
        ContentKey key = key(wish.content(), tried);
        String reason = wish.reason() == null ? "" : wish.reason().strip();
        if (reason.isEmpty() || reason.length() > REASON_CHARS_MAX) {
            throw Problems.invalid(
                    tried, "there is no reason, or a long one", "Say why in 1 to " + REASON_CHARS_MAX + " characters");
        }
        transactions.executeWithoutResult(_ -> {
            long revision = wishes.raiseRevision();
            if (tombstones.find(cluster.id(), key).isPresent()) {
                throw Problems.exception(
                        "TOMBSTONE_EXISTS", 409, tried, "it is purged already", "Nothing is left to be done");
            }
            if (tombstones.list(cluster.id()).size() >= TOMBSTONES_MAX) {
                throw Problems.exception(
                        "TOMBSTONES_TOO_MANY",
                        409,
                        tried,
                        "there are " + TOMBSTONES_MAX + " tombstones in this cluster",
                        "Lift some of contents that no origin has any more");
            }
            tombstones.insert(cluster.id(), key, reason, Caller.current().user(), revision);
            audit.record("content.purge", key.value(), cluster.id(), null, told(cluster, key, tried));
        });
        news.bring();
        return view(cluster, stone(cluster, key, tried));
    }

    public void lift(String clusterName, String content) {
        String tried = "Lifting a tombstone";
        Cluster cluster = cluster(clusterName, tried);
        ContentKey key = key(content, tried);
        transactions.executeWithoutResult(_ -> {
            wishes.raiseRevision();
            TombstoneView before = told(cluster, key, tried);
            tombstones.delete(cluster.id(), key);
            audit.record("content.lift", key.value(), cluster.id(), before, null);
        });
        news.bring();
    }

    private TombstoneView told(Cluster cluster, ContentKey key, String tried) {
        return view(cluster, stone(cluster, key, tried));
    }

    private Tombstones.Stone stone(Cluster cluster, ContentKey key, String tried) {
        return tombstones
                .find(cluster.id(), key)
                .orElseThrow(() -> Problems.exception(
                        "TOMBSTONE_UNKNOWN",
                        404,
                        tried,
                        "this content is not purged",
                        "Look in GET /api/v1/clusters/{cluster}/tombstones"));
    }

    private TombstoneView view(Cluster cluster, Tombstones.Stone stone) {
        return stone.view(obedience.obeyed(cluster.id(), stone.revision()), nodes.total(cluster.id()));
    }

    private Cluster cluster(String idOrName, String tried) {
        return clusters.find(idOrName)
                .orElseThrow(() -> Problems.exception(
                        "CLUSTER_UNKNOWN",
                        404,
                        tried,
                        "there is no such cluster",
                        "Name one of the clusters in GET /api/v1/clusters"));
    }

    /** A key as lists show it, or a digest. */
    static ContentKey key(@Nullable String content, String tried) {
        String text =
                content == null ? "" : content.strip().toLowerCase(Locale.ROOT).replace("sha256:", "sha256-");
        try {
            return new ContentKey(text);
        } catch (IllegalArgumentException e) {
            throw unfit(tried);
        }
    }

    private static OperatorException unfit(String tried) {
        return Problems.invalid(
                tried,
                "what is named is no content",
                "Give a key (sha256-, then 64 hexadecimal digits) or a digest (sha256:…), as GET /api/v1/tasks/{id} shows");
    }
}
