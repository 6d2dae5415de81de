/** Who changed what, and when. */
@NullMarked
package io.darter.appliance.audit;

import org.jspecify.annotations.NullMarked;
