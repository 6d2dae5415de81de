package io.darter.appliance.join;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * What a machine says to become a node.
 *
 * @param publicKey base64 of the SPKI of an EC P-256 key
 * @param proof base64 of the SHA256withECDSA signature over token, line feed, publicKey
 * @param hostname a wish: the appliance decides the name
 * @param advertise where the machine thinks it is reached
 */
record JoinRequest(
        @NotNull @Size(max = 8192) String token,
        @NotNull @Size(max = 1024) String publicKey,
        @NotNull @Size(max = 1024) String proof,
        @NotNull @Size(max = 255) String hostname,
        @NotNull @Size(max = 255) String advertise) {
    @Override
    public String toString() {
        return "join of " + hostname;
    }
}
