package io.darter.swarm.simulation;

/** Something that happens at a time; can be moved or taken out of the queue while it waits. */
abstract class SimEvent {
    long atNanos;
    long sequence;
    /** Position in the queue, -1 = not in it. */
    int position = -1;

    abstract void happen();

    boolean isBefore(SimEvent other) {
        return atNanos != other.atNanos ? atNanos < other.atNanos : sequence < other.sequence;
    }

    static SimEvent of(Runnable action) {
        return new SimEvent() {
            @Override
            void happen() {
                action.run();
            }
        };
    }
}
