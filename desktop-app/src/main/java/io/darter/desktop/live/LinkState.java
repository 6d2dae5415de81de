package io.darter.desktop.live;

import java.time.Instant;

/** Whether what a window shows is of now. */
public sealed interface LinkState {
    /** Nothing has been fetched yet. */
    record Loading() implements LinkState {}

    record Live() implements LinkState {}

    /** @param nextAttempt not after now: an attempt is under way */
    record Lost(Instant nextAttempt) implements LinkState {}
}
