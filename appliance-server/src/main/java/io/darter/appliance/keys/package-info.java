/** The master key, and what lies encrypted with it in the database. */
@NullMarked
package io.darter.appliance.keys;

import org.jspecify.annotations.NullMarked;
