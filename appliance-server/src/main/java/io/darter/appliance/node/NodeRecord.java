package io.darter.appliance.node;

/** What is fixed of a node from its joining on. */
@SuppressWarnings("ArrayRecordComponent") // the key is never changed, and records are not compared
public record NodeRecord(String id, String clusterId, String name, String role, byte[] publicKey, long joinedAtMillis) {
    public boolean isSeed() {
        return role.equals("seed");
    }
}
