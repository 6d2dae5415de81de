/** Redis: what replicas must agree on. Nothing here is asked once per piece. */
@NullMarked
package io.darter.appliance.coordination;

import org.jspecify.annotations.NullMarked;
