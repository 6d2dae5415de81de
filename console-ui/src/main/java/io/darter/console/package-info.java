/** The web console: views over {@link io.darter.operator.OperatorApi}. Hosted by the appliance. */
@NullMarked
package io.darter.console;

import org.jspecify.annotations.NullMarked;
