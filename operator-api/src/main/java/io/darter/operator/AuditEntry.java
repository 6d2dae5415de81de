package io.darter.operator;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One change that somebody made. Entries are never changed.
 *
 * @param id higher for later ones
 * @param user who made it
 * @param token id of the API token that was used; empty for a login by password
 * @param address from which the request came, or the login of the console's session
 * @param action what was done, for example {@code user.create}
 * @param subject to what: a name or an id
 * @param cluster name; {@link Grant#EVERY_CLUSTER} if it concerns the whole appliance
 * @param before without secrets; null if there was nothing before
 * @param after without secrets; null if nothing is left
 */
public record AuditEntry(
        long id,
        Instant at,
        String user,
        String token,
        String address,
        String action,
        String subject,
        String cluster,
        @Nullable Map<String, Object> before,
        @Nullable Map<String, Object> after) {}
