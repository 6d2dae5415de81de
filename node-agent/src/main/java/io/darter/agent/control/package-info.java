/** agent.sock: what the darter command asks of the agent on its node. */
@NullMarked
package io.darter.agent.control;

import org.jspecify.annotations.NullMarked;
