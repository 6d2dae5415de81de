/** server.yaml and the environment, read once at the start. */
@NullMarked
package io.darter.appliance.settings;

import org.jspecify.annotations.NullMarked;
