package io.darter.operator;

/**
 * A fresh join token.
 *
 * @param token what an agent needs to join: secret, appliance addresses and the CA's fingerprint in one word
 * @param command what to type on the node
 */
public record JoinTokenCreated(JoinTokenView view, String token, String command) {}
