/** Contents that operators took away: from the whole cluster by a tombstone, or from this node alone. */
@NullMarked
package io.darter.agent.purge;

import org.jspecify.annotations.NullMarked;
