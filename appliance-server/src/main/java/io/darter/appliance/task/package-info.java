/** What people see of distribution: tasks, running and finished. */
@NullMarked
package io.darter.appliance.task;

import org.jspecify.annotations.NullMarked;
