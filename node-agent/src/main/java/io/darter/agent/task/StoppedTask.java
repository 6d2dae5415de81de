package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.swarm.ContentKey;

/** What an agent that is stopping answers. */
record StoppedTask(ContentSource source) implements ContentTask {
    @Override
    public ContentKey key() {
        return source.key();
    }

    @Override
    public long sizeBytes() {
        return source.sizeBytes();
    }

    @Override
    public void copyTo(ByteSink sink, long from, long to) throws DarterException {
        throw Failures.stopping(source);
    }
}
