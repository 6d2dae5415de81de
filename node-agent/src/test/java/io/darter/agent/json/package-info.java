/** Tests. */
@NullMarked
package io.darter.agent.json;

import org.jspecify.annotations.NullMarked;
