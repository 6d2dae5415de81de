package io.darter.agent.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;

/** One request and its answer. Used by the handler's thread only. */
public interface HttpExchange {
    /** Of a body whose end is known only when it has come: it goes out in chunks. */
    long UNKNOWN_LENGTH = -1;

    String method();

    /** As sent, still percent-encoded, without the query; always starts with a slash. */
    String path();

    /** The value of a query parameter, decoded; empty if it is not there. */
    Optional<String> query(String name);

    /** The raw query, empty if there is none. */
    String rawQuery();

    /** The first header of this name (case does not matter). */
    Optional<String> header(String name);

    /** At most 1 MiB; larger requests never reach a handler. */
    byte[] body();

    /** The client's certificate, proved by TLS; empty without TLS or without a certificate. */
    Optional<X509Certificate> peerCertificate();

    /** For people: the client's address. */
    String client();

    boolean started();

    /** A whole answer. */
    void respond(int status, Map<String, String> headers, byte[] body) throws IOException, InterruptedException;

    /** A problem answer. */
    default void problem(int status, String code, String tried, String happened, String advice)
            throws IOException, InterruptedException {
        respond(
                status,
                Map.of("Content-Type", Problems.CONTENT_TYPE),
                Problems.body(status, code, tried, happened, advice));
    }

    /**
     * The head of an answer, sent at once; the bytes follow by {@link #write} and {@link #writeFile}. If the handler
     * returns before all are written, the connection is cut, so that nobody takes the part for the whole; where the length
     * is unknown, its return is the end.
     *
     * @param contentLength bytes of the body, or {@link #UNKNOWN_LENGTH}; for HEAD what it would be, and nothing written is
     *     sent
     */
    void start(int status, Map<String, String> headers, long contentLength) throws IOException, InterruptedException;

    /**
     * Bytes of the body; blocks while the client does not take them. The buffer is the caller's again afterwards.
     *
     * @throws IOException if the client is gone or took nothing for the stall time
     */
    void write(ByteBuffer bytes) throws IOException, InterruptedException;

    /**
     * A part of a file as body, without a copy through this process where TLS and rate limits allow. Never closes the file;
     * it must stay open until this returns plus until the client took it, or be closed for good.
     */
    void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException;

    /**
     * Waits until nothing of what was given as a part of a file is still to be sent.
     *
     * @throws IOException if the client is gone or took nothing for the stall time
     */
    default void awaitFilesSent() throws IOException, InterruptedException {}

    /** Breaks the connection: the client must not take what it got for the whole. */
    void cut();
}
