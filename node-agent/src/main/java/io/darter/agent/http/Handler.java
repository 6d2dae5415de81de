package io.darter.agent.http;

/** Answers requests; called on an own virtual thread for each. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers by {@link HttpExchange#respond} or {@link HttpExchange#start} and writes. The thread is interrupted when the
     * client goes away. A DarterException before the answer has started becomes a problem answer with its words; anything
     * else thrown is logged and becomes status 500; after the start the connection is cut.
     */
    void handle(HttpExchange exchange) throws Exception;
}
