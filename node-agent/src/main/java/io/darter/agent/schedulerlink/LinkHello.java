package io.darter.agent.schedulerlink;

/**
 * What an agent says of itself when it links.
 *
 * @param peerHost where its peer server is reached: a literal address
 */
public record LinkHello(String version, String peerHost, int peerPort, String zone, String rack, String hostname) {}
