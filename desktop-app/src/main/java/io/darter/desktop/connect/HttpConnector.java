package io.darter.desktop.connect;

import io.darter.operator.HttpOperatorApi;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import io.darter.operator.Problem;
import java.net.URI;

/** Reaches appliances over HTTP. */
public final class HttpConnector implements Appliance.Connector {
    @Override
    public String presentedFingerprint(URI address) throws ConnectFailure {
        return PresentedCa.fingerprint(address);
    }

    @Override
    public OperatorApi connect(Appliance appliance) throws ConnectFailure {
        HttpOperatorApi api = new HttpOperatorApi(
                appliance.address(), appliance.caFingerprint(), appliance.user(), appliance.password());
        try {
            api.overview();
            return api;
        } catch (OperatorException e) {
            api.close();
            Problem problem = e.problem();
            ConnectFailure failure = new ConnectFailure(kind(problem), problem.text());
            failure.initCause(e);
            throw failure;
        }
    }

    private static ConnectFailure.Kind kind(Problem problem) {
        return switch (problem.code()) {
            case "APPLIANCE_NOT_TRUSTED" -> ConnectFailure.Kind.UNTRUSTED;
            case "APPLIANCE_UNREACHABLE" -> ConnectFailure.Kind.UNREACHABLE;
            default -> problem.status() == 401 ? ConnectFailure.Kind.REFUSED : ConnectFailure.Kind.OTHER;
        };
    }
}
