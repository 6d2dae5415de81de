/** The launcher behind the demo and the one-machine cluster: real processes, an own small origin, a report. */
@NullMarked
package io.darter.demo;

import org.jspecify.annotations.NullMarked;
