/** The adapter around the scheduling core: link messages in, link messages out. */
@NullMarked
package io.darter.appliance.scheduling;

import org.jspecify.annotations.NullMarked;
