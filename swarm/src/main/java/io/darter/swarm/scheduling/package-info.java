/** Who fetches which piece from whom: a deterministic state machine of events and commands. */
@NullMarked
package io.darter.swarm.scheduling;

import org.jspecify.annotations.NullMarked;
