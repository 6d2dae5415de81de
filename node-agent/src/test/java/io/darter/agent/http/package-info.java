/** Tests. */
@NullMarked
package io.darter.agent.http;

import org.jspecify.annotations.NullMarked;
