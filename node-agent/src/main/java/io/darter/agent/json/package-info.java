/** JSON read and written without data binding: what the agent reads and writes is small, and every class has its memory. */
@NullMarked
package io.darter.agent.json;

import org.jspecify.annotations.NullMarked;
