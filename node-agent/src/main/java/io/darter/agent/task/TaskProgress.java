package io.darter.agent.task;

import io.darter.agent.store.StoredContent;
import org.jspecify.annotations.Nullable;

/** A running download, as people see it. */
public record TaskProgress(String key, String task, long sizeBytes, long verifiedBytes, boolean live) {
    /** @param content null until it is known how the content is cut */
    static TaskProgress of(ContentSource source, String task, @Nullable StoredContent content, boolean live) {
        long pieceBytes = content == null ? 0 : content.geometry().pieceBytes();
        long verified = content == null
                ? 0
                : Math.min(source.sizeBytes(), content.verified().count() * pieceBytes);
        return new TaskProgress(source.key().value(), task, source.sizeBytes(), verified, live);
    }
}
