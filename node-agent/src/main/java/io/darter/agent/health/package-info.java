/** Whether the agent lives, is ready, and what it did: /healthz, /readyz, /metrics. */
@NullMarked
package io.darter.agent.health;

import org.jspecify.annotations.NullMarked;
