package io.darter.desktop.live;

import io.darter.desktop.FakeCluster;

/** Snapshots for tests of other packages. */
public final class Snapshots {
    private Snapshots() {}

    public static Snapshot of(FakeCluster cluster) {
        return Snapshot.fetch(cluster, FakeCluster.NOW);
    }
}
