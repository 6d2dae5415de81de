/** Pieces on disk: ingest, commit, visible. */
@NullMarked
package io.darter.agent.store;

import org.jspecify.annotations.NullMarked;
