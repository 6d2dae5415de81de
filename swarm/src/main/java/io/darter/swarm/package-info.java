/** The values every part of Darter speaks in: contents, nodes, pieces, leases. Pure Java, no I/O, no clock. */
@NullMarked
package io.darter.swarm;

import org.jspecify.annotations.NullMarked;
