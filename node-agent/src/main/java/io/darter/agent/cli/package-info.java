/** The darter command and darter-agent. */
@NullMarked
package io.darter.agent.cli;

import org.jspecify.annotations.NullMarked;
