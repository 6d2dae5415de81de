package io.darter.desktop.connect;

import io.darter.operator.OperatorApi;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.jspecify.annotations.Nullable;

/**
 * Connecting as a person goes through it: fill in, compare the fingerprint where none is known, done or told why not.
 * Errors are keys of words, so that they follow the language. To be used on the UI executor's thread.
 */
public final class ConnectViewModel {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public final StringProperty address = new SimpleStringProperty("");
    public final StringProperty fingerprint = new SimpleStringProperty("");
    public final StringProperty user = new SimpleStringProperty("");
    public final StringProperty password = new SimpleStringProperty("");

    public final StringProperty addressError = new SimpleStringProperty("");
    public final StringProperty fingerprintError = new SimpleStringProperty("");
    public final StringProperty userError = new SimpleStringProperty("");
    public final StringProperty passwordError = new SimpleStringProperty("");

    public final BooleanProperty busy = new SimpleBooleanProperty();
    public final ObjectProperty<@Nullable ConnectFailure> failure = new SimpleObjectProperty<>();
    /** A fingerprint that a person must compare and accept; empty if there is nothing to ask. */
    public final StringProperty presented = new SimpleStringProperty("");

    private final Appliance.Connector connector;
    private final Executor background;
    private final Executor ui;
    private final BiConsumer<Appliance, OperatorApi> connected;

    public ConnectViewModel(
            Appliance.Connector connector,
            Executor background,
            Executor ui,
            BiConsumer<Appliance, OperatorApi> connected) {
        this.connector = connector;
        this.background = background;
        this.ui = ui;
        this.connected = connected;
    }

    public void connect() {
        failure.set(null);
        presented.set("");
        if (busy.get() || !valid()) {
            return;
        }
        busy.set(true);
        Appliance wanted = wanted(normalised(fingerprint.get()));
        if (wanted.caFingerprint().isEmpty() && !plain(wanted.address())) {
            run(() -> {
                String shown = connector.presentedFingerprint(wanted.address());
                return () -> presented.set(shown);
            });
        } else {
            signIn(wanted);
        }
    }

    /** The person compared the fingerprint and it is the appliance's. */
    public void trust() {
        String accepted = presented.get();
        presented.set("");
        fingerprint.set(accepted);
        busy.set(true);
        signIn(wanted(accepted));
    }

    public void reject() {
        presented.set("");
    }

    private void signIn(Appliance wanted) {
        run(() -> {
            OperatorApi api = connector.connect(wanted);
            return () -> {
                password.set("");
                connected.accept(wanted, api);
            };
        });
    }

    private interface Step {
        Runnable call() throws ConnectFailure;
    }

    private void run(Step step) {
        background.execute(() -> {
            Runnable next;
            try {
                next = step.call();
            } catch (ConnectFailure e) {
                next = () -> failure.set(e);
            } catch (RuntimeException e) {
                ConnectFailure other = new ConnectFailure(ConnectFailure.Kind.OTHER, String.valueOf(e.getMessage()));
                other.initCause(e);
                next = () -> failure.set(other);
            }
            Runnable then = next;
            ui.execute(() -> {
                busy.set(false);
                then.run();
            });
        });
    }

    private boolean valid() {
        addressError.set(problemOfAddress());
        String print = normalised(fingerprint.get());
        fingerprintError.set(
                print.isEmpty() || FINGERPRINT.matcher(print).matches() ? "" : "connect.fingerprintInvalid");
        userError.set(user.get().isBlank() ? "connect.userRequired" : "");
        passwordError.set(password.get().isEmpty() ? "connect.passwordRequired" : "");
        return addressError.get().isEmpty()
                && fingerprintError.get().isEmpty()
                && userError.get().isEmpty()
                && passwordError.get().isEmpty();
    }

    private String problemOfAddress() {
        URI uri = parsed(address.get());
        if (uri == null) {
            return "connect.addressInvalid";
        }
        return plain(uri) && !LOOPBACK.contains(uri.getHost()) ? "connect.addressPlain" : "";
    }

    private Appliance wanted(String caFingerprint) {
        URI uri = parsed(address.get());
        if (uri == null) {
            throw new IllegalStateException("the address was valid before");
        }
        return new Appliance(uri, caFingerprint, user.get().strip(), password.get());
    }

    private static boolean plain(URI uri) {
        return "http".equals(uri.getScheme());
    }

    /** A bare host means https; anything that is not host and port is refused. */
    private static @Nullable URI parsed(String text) {
        String full = text.contains("://") ? text.strip() : "https://" + text.strip();
        try {
            URI uri = URI.create(full);
            boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            return http && uri.getHost() != null && uri.getRawUserInfo() == null ? uri : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** People paste fingerprints with colons, spaces and capitals. */
    private static String normalised(String text) {
        return text.replaceAll("[:\\s]", "").toLowerCase(Locale.ROOT);
    }
}
