/** Who may do what: users, login, and its limits. */
@NullMarked
package io.darter.appliance.access;

import org.jspecify.annotations.NullMarked;
