package io.darter.appliance.join;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** @param proof base64 of the registered key's SHA256withECDSA signature over nodeId, line feed, timestampMillis */
record RenewRequest(
        @NotNull @Size(max = 64) String nodeId,
        @NotNull @Size(max = 1024) String publicKey,
        @NotNull @Size(max = 1024) String proof,
        long timestampMillis) {}
