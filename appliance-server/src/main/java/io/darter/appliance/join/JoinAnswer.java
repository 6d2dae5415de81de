package io.darter.appliance.join;

import java.time.Instant;
import java.util.List;

/** A node's identity. */
record JoinAnswer(
        String nodeId,
        String nodeName,
        String cluster,
        String role,
        String certificate,
        String caCertificate,
        List<String> agentLink,
        Instant expiresAt) {}
