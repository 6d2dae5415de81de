/** The stream to the scheduler: leases in, progress out, single flight for what is not content. */
@NullMarked
package io.darter.agent.schedulerlink;

import org.jspecify.annotations.NullMarked;
