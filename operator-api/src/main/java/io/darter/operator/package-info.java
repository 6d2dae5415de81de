/** What an operator can see and do: records and one interface. Console, desktop application and CLI stand on it alone. */
@NullMarked
package io.darter.operator;

import org.jspecify.annotations.NullMarked;
