package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.swarm.ContentKey;

/** What is answered for a content that an operator purged. */
record PurgedTask(ContentSource source) implements ContentTask {
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
        throw Failures.purged(source);
    }
}
