/** A deterministic network around the production classes. */
@NullMarked
package io.darter.swarm.simulation;

import org.jspecify.annotations.NullMarked;
