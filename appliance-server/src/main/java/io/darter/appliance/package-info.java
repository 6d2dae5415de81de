/** The appliance: manager, scheduler and console in one process. */
@NullMarked
package io.darter.appliance;

import org.jspecify.annotations.NullMarked;
