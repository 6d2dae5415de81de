/** Errors as people see them: what was tried, what happened, what to do, a stable code. */
@NullMarked
package io.darter.agent.errors;

import org.jspecify.annotations.NullMarked;
