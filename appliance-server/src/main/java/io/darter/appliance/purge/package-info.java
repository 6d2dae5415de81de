/** Contents that nobody may hold: tombstones, and letting go of a content on one node. */
@NullMarked
package io.darter.appliance.purge;

import org.jspecify.annotations.NullMarked;
