package io.darter.desktop.connect;

import io.darter.operator.OperatorApi;
import java.net.URI;

/** Reaches appliances over HTTP. */
public final class HttpConnector implements Appliance.Connector {
    @Override
    public String presentedFingerprint(URI address) throws ConnectFailure {
        return PresentedCa.fingerprint(address);
    }

    @Override
    public OperatorApi connect(Appliance appliance) throws ConnectFailure {
        throw new ConnectFailure(ConnectFailure.Kind.OTHER, "PENDING");
    }
}
