/** Tests. */
@NullMarked
package io.darter.agent.identity;

import org.jspecify.annotations.NullMarked;
