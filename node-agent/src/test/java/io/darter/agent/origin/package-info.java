/** Tests. */
@NullMarked
package io.darter.agent.origin;

import org.jspecify.annotations.NullMarked;
