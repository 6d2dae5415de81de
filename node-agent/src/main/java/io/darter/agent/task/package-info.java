/** Downloads: one for each content, however many callers. */
@NullMarked
package io.darter.agent.task;

import org.jspecify.annotations.NullMarked;
