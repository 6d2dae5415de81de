/** What one peer does for one content: pure logic, run by the agent and by the simulator alike. */
@NullMarked
package io.darter.swarm.download;

import org.jspecify.annotations.NullMarked;
