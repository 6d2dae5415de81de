package io.darter.swarm.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * One direction of a node's link, shared fairly: every flow gets the same, and what a flow can not use because of its
 * other end goes to the rest. Each end grants, a flow moves at the smaller grant, so no link carries more than it has.
 */
final class Port {
    final double bytesPerNano;
    private final boolean upload;
    private final List<Flow> flows = new ArrayList<>(4);

    Port(double bytesPerNano, boolean upload) {
        this.bytesPerNano = bytesPerNano;
        this.upload = upload;
    }

    void add(Flow flow) {
        flows.add(flow);
    }

    void remove(Flow flow) {
        flows.remove(flow);
    }

    int size() {
        return flows.size();
    }

    List<Flow> flows() {
        return List.copyOf(flows);
    }

    /** Grants anew, by what the other ends grant now. */
    void share() {
        int count = flows.size();
        if (count == 0) {
            return;
        }
        sortByOtherEnd();
        double left = bytesPerNano;
        for (int i = 0; i < count; i++) {
            Flow flow = flows.get(i);
            double grant = Math.min(flow.grant(!upload), left / (count - i));
            flow.grant(upload, grant);
            left -= grant;
        }
        for (int i = 0; left > 0 && i < count; i++) {
            flows.get(i).grant(upload, flows.get(i).grant(upload) + left / count);
        }
    }

    /** What changed here changes what the other ends have to give. */
    void shareOtherEnds() {
        for (int i = 0; i < flows.size(); i++) {
            (upload ? flows.get(i).to : flows.get(i).from).share();
        }
    }

    void retimeNeighbours() {
        for (int i = 0; i < flows.size(); i++) {
            (upload ? flows.get(i).to : flows.get(i).from).retime();
        }
        retime();
    }

    private void retime() {
        for (int i = 0; i < flows.size(); i++) {
            flows.get(i).retime();
        }
    }

    /** Insertion sort: a handful of flows, nearly sorted. */
    private void sortByOtherEnd() {
        for (int i = 1; i < flows.size(); i++) {
            Flow flow = flows.get(i);
            int j = i;
            while (j > 0 && flows.get(j - 1).grant(!upload) > flow.grant(!upload)) {
                flows.set(j, flows.get(j - 1));
                j--;
            }
            flows.set(j, flow);
        }
    }
}
