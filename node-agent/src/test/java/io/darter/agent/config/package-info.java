/** Tests. */
@NullMarked
package io.darter.agent.config;

import org.jspecify.annotations.NullMarked;
