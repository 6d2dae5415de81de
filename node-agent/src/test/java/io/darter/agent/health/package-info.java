/** Tests. */
@NullMarked
package io.darter.agent.health;

import org.jspecify.annotations.NullMarked;
