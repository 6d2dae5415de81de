/** The desktop application: windows over {@link io.darter.operator.OperatorApi}. */
@NullMarked
package io.darter.desktop;

import org.jspecify.annotations.NullMarked;
