package io.darter.appliance.access;

import java.io.Serial;
import java.io.Serializable;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * What a login proved, for as long as its request or session lives. What it may is looked up at each operation.
 *
 * @param epoch the user's at the login; another one since means that the login has ended
 * @param token id of the API token that was used; empty for a password
 */
record Login(String name, String epoch, String token) implements AuthenticatedPrincipal, Serializable {
    @Serial
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return name;
    }
}
