/** Registries and HTTP servers: ranges, redirects, bearer and basic authentication. */
@NullMarked
package io.darter.agent.origin;

import org.jspecify.annotations.NullMarked;
