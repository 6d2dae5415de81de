package io.darter.desktop.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.desktop.FakeCluster;
import io.darter.operator.OperatorApi;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectViewModelTest {
    private static final String CA = "ab".repeat(32);

    private final FakeConnector connector = new FakeConnector();
    private final List<Appliance> connected = new ArrayList<>();
    private final ConnectViewModel model =
            new ConnectViewModel(connector, Runnable::run, Runnable::run, (appliance, _) -> connected.add(appliance));

    private static final class FakeConnector implements Appliance.Connector {
        private @Nullable ConnectFailure failure;

        @Override
        public String presentedFingerprint(URI address) throws ConnectFailure {
            failIfTold();
            return CA;
        }

        @Override
        public OperatorApi connect(Appliance appliance) throws ConnectFailure {
            failIfTold();
            return new FakeCluster();
        }

        private void failIfTold() throws ConnectFailure {
            if (failure != null) {
                throw failure;
            }
        }
    }

    @Test
    void anUnknownAuthorityIsShownBeforeAnythingIsSent() {
        fill("https://appliance.example:8443");
        model.connect();
        assertEquals(CA, model.presented.get());
        assertEquals(List.of(), connected);
        model.trust();
        assertEquals(CA, connected.getFirst().caFingerprint());
    }

    @Test
    void aRejectedAuthorityEndsThere() {
        fill("https://appliance.example:8443");
        model.connect();
        model.reject();
        assertEquals("", model.presented.get());
        assertEquals(List.of(), connected);
    }

    @Test
    void aKnownFingerprintIsUsedWithoutAsking() {
        fill("appliance.example:8443");
        model.fingerprint.set("AB:".repeat(31) + "AB");
        model.connect();
        assertEquals(CA, connected.getFirst().caFingerprint());
        assertEquals(
                URI.create("https://appliance.example:8443"),
                connected.getFirst().address());
    }

    @Test
    void everyMistakeInTheFormIsNamedAtOnce() {
        model.address.set("no address at all");
        model.fingerprint.set("12");
        model.connect();
        assertEquals("connect.addressInvalid", model.addressError.get());
        assertEquals("connect.fingerprintInvalid", model.fingerprintError.get());
        assertEquals("connect.userRequired", model.userError.get());
        assertEquals("connect.passwordRequired", model.passwordError.get());
        assertFalse(model.busy.get());
    }

    @Test
    void plainHttpIsForThisMachineOnly() {
        fill("http://appliance.example:8080");
        model.connect();
        assertEquals("connect.addressPlain", model.addressError.get());
        fill("http://127.0.0.1:8080");
        model.connect();
        assertEquals(1, connected.size());
    }

    @Test
    void aRefusalIsShownAndThePersonCanTryAgain() {
        fill("http://127.0.0.1:8080");
        connector.failure = new ConnectFailure(ConnectFailure.Kind.REFUSED, "");
        model.connect();
        ConnectFailure failure = model.failure.get();
        assertNotNull(failure);
        assertEquals(ConnectFailure.Kind.REFUSED, failure.kind());
        assertFalse(model.busy.get());
        connector.failure = null;
        model.connect();
        assertNull(model.failure.get());
        assertEquals(1, connected.size());
        assertEquals("", model.password.get());
    }

    @Test
    void aPasswordNeverShowsInText() {
        assertFalse(new Appliance(URI.create("https://a"), CA, "u", "secret")
                .toString()
                .contains("secret"));
    }

    @Test
    void fingerprintsAreShownInGroupsOfFour() {
        assertTrue(ConnectPane.inGroups(CA).startsWith("abab abab"));
        assertEquals(79, ConnectPane.inGroups(CA).length());
    }

    private void fill(String address) {
        model.address.set(address);
        model.user.set("admin");
        model.password.set("secret");
    }
}
