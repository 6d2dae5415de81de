package io.darter.agent.config;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.util.List;
import java.util.Map;

/** The variables that set something: a name that is nearly one of them does nothing, so it is refused like one in the file. */
final class Variables {
    private static final String PREFIX = "DARTER_";
    private static final String KUBERNETES_PORT = "_PORT";

    private Variables() {}

    /** @throws DarterException CONFIG_UNKNOWN_KEY, without the value, which may be a secret */
    static void refuseUnknown(Map<String, String> environment) throws DarterException {
        // Sorted, so that of several the same one is named each time.
        for (String name : environment.keySet().stream().sorted().toList()) {
            if (!name.startsWith(PREFIX) || isOfKubernetes(name, environment.getOrDefault(name, ""))) {
                continue;
            }
            List<String> known =
                    Keys.DEFAULTS.keySet().stream().map(Keys::variable).toList();
            if (!known.contains(name)) {
                throw new DarterException(
                        ErrorCode.CONFIG_UNKNOWN_KEY,
                        "Reading the configuration",
                        "there is no setting for the variable " + name,
                        "The nearest known name is " + Keys.nearest(name, known) + "; correct or unset it.");
            }
        }
    }

    /** It tells each pod where the services of its namespace are: for one named darter-server DARTER_SERVER_PORT_443_TCP_ADDR and others. */
    private static boolean isOfKubernetes(String name, String value) {
        return name.endsWith("_SERVICE_HOST")
                || name.contains("_SERVICE_PORT")
                || name.matches(".*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?")
                || (name.endsWith(KUBERNETES_PORT) && value.matches("(tcp|udp|sctp)://.*"));
    }
}
