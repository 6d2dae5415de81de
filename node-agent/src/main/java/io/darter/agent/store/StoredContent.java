package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** One content in the store. Pieces once verified never change. Safe for use by many threads. */
public interface StoredContent {
    ContentKey key();

    PieceGeometry geometry();

    /** A copy of the map of verified pieces. */
    PieceMap verified();

    boolean has(int piece);

    /**
     * Reads a verified piece again. If the disk does not hold what was verified any more, the piece is missing from now on,
     * and the content is no longer committed.
     *
     * @return whether it is still right
     */
    default boolean recheck(int piece) throws IOException {
        return has(piece);
    }

    /**
     * A byte could not be read, or is not what was verified: all of it is read again before any of it is believed, and what
     * is wrong is missing then. Of no effect if that has been done, or another content took this one's place. Those who
     * have it open go on with what they have.
     */
    default void doubt() throws IOException {}

    /** SHA-256 of a verified piece. */
    byte[] pieceDigest(int piece);

    /** A place to write one piece; several may be open, also for the same piece: the first accepted wins. */
    PieceWriter write(int piece) throws IOException;

    /**
     * Fills {@code target} from {@code offset} on, up to its limit.
     *
     * @throws IOException also if the range is not wholly verified
     */
    void read(ByteBuffer target, long offset) throws IOException;

    /** The file, for serving it without copies; only verified ranges may be read. Closed by the store. */
    FileChannel file();

    /**
     * Somebody else has a name of the file, or is about to get one, and may write into it: what is read has to be proved
     * in memory before it is handed on. Whoever hands out the file itself asks after {@link #use}, and ends the use when
     * nothing is read from the file any more.
     */
    default boolean shared() {
        return false;
    }

    boolean committed();

    /** All pieces are here and the whole is proved: durable and visible as complete from now on. */
    void commit() throws IOException;

    /** Throws all pieces away: the whole did not prove to be what it should. */
    void discard() throws IOException;

    /** Keeps the content from being evicted until the use is closed. */
    default Use use() {
        return () -> {};
    }

    /**
     * Gives the content's file another name, under which somebody else may read what is verified, until it is closed.
     *
     * @param name does not exist; on the file system of the store
     * @param toShare nothing is read through that name before {@link Handing#share}; else the content must not be shared
     */
    default Handing handOut(Path name, boolean toShare) throws IOException {
        throw new IOException("there is no file to hand out");
    }

    /** A file handed out; closing it takes the name away. */
    interface Handing extends AutoCloseable {
        /**
         * Whoever has the name may link the whole content's file to a name of their own. From now on it is verified again
         * whenever it may have been written to. Waits, not for long, until nobody reads the file itself any more.
         *
         * @return false if somebody still does
         */
        boolean share() throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }

    /** Somebody needs the content; closed once. */
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /** Bytes go in front to back; the digest is computed on the way. */
    interface PieceWriter extends AutoCloseable {
        /** Appends; more than the piece's length in total is an error. */
        void write(ByteBuffer bytes) throws IOException;

        /** SHA-256 of what was written; only when the piece is whole. */
        byte[] digest();

        /** The bytes are right: the piece is verified, and visible to peers and readers. */
        void accept() throws IOException;

        /** Without {@link #accept} before, the piece stays missing. */
        @Override
        void close();
    }
}
