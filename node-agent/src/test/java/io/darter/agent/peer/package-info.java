/** Tests. */
@NullMarked
package io.darter.agent.peer;

import org.jspecify.annotations.NullMarked;
