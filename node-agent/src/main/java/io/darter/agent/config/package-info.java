/** agent.yaml and DARTER_ variables: every setting with its default, checked at the start. */
@NullMarked
package io.darter.agent.config;

import org.jspecify.annotations.NullMarked;
