package io.darter.swarm.download;

import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;

/** One request to make now: these pieces from this source, under this lease. */
public record Transfer(long leaseId, PieceRun run, Source source) {}
