package io.darter.desktop.connect;

import io.darter.operator.OperatorApi;
import java.net.URI;

/**
 * Where and as whom to connect.
 *
 * @param caFingerprint SHA-256 of the appliance's CA certificate in hex; empty only for plain http
 */
public record Appliance(URI address, String caFingerprint, String user, String password) {
    /** Without the password: it may end in a log. */
    @Override
    public String toString() {
        return user + "@" + address;
    }

    /** A way to reach appliances. Methods block. */
    public interface Connector {
        /** The fingerprint of the certificate authority that the appliance presents, before anything is trusted. */
        String presentedFingerprint(URI address) throws ConnectFailure;

        /** Signs in and proves it by a first call. */
        OperatorApi connect(Appliance appliance) throws ConnectFailure;
    }
}
