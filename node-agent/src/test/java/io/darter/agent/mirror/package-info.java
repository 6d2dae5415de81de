/** Tests. */
@NullMarked
package io.darter.agent.mirror;

import org.jspecify.annotations.NullMarked;
