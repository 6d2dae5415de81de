package io.darter.desktop;

import io.darter.desktop.connect.Appliance;
import io.darter.desktop.connect.ConnectPane;
import io.darter.desktop.connect.ConnectViewModel;
import io.darter.desktop.live.LiveViewModel;
import io.darter.desktop.live.Refresher;
import io.darter.desktop.window.MainPane;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.OperatorApi;
import io.darter.operator.words.Words;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import javafx.scene.Node;
import javafx.scene.Scene;
import org.jspecify.annotations.Nullable;

/** Which page is shown: connect, or an appliance at work. Pages are built anew in another language; their data stays. */
final class Windows implements AutoCloseable {
    private static final double WIDTH = 1100;
    private static final double HEIGHT = 700;

    private final Settings settings;
    private final Look look;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Executor ui;
    private final ConnectViewModel connect;
    private final Scene scene = new Scene(new javafx.scene.layout.Region(), WIDTH, HEIGHT);
    private Words words;
    private @Nullable Session session;

    private record Session(Appliance appliance, OperatorApi api, LiveViewModel model, Refresher refresher) {}

    Windows(
            Settings settings,
            Look look,
            Appliance.Connector connector,
            InstantSource clock,
            RandomGenerator random,
            Executor background,
            Executor ui) {
        this.settings = settings;
        this.look = look;
        this.clock = clock;
        this.random = random;
        this.ui = ui;
        this.words = Words.of(settings.language());
        this.connect = new ConnectViewModel(connector, background, ui, this::connected);
        connect.address.set(settings.get("address"));
        connect.user.set(settings.get("user"));
        connect.fingerprint.set(settings.get("fingerprint"));
        look.scheme().subscribe(scheme -> settings.put("scheme", scheme.name()));
        show();
    }

    Scene scene() {
        return scene;
    }

    @Override
    public void close() {
        Session open = session;
        if (open != null) {
            open.refresher().close();
            if (open.api() instanceof HttpOperatorApi http) {
                http.close();
            }
        }
        session = null;
    }

    private void connected(Appliance appliance, OperatorApi api) {
        settings.put("address", appliance.address().toString());
        settings.put("user", appliance.user());
        settings.put("fingerprint", appliance.caFingerprint());
        LiveViewModel model = new LiveViewModel(clock, ui);
        Refresher refresher = new Refresher(api, clock, random, model);
        model.onRetry(refresher::retryNow);
        session = new Session(appliance, api, model, refresher);
        refresher.start();
        show();
    }

    private void disconnect() {
        close();
        show();
    }

    private void speak(Locale language) {
        settings.put("language", language.toLanguageTag());
        words = Words.of(language);
        show();
    }

    private void show() {
        Session open = session;
        if (open == null) {
            frame(new ConnectPane(words, connect));
            return;
        }
        MainPane page = new MainPane(words, open.model(), open.appliance().toString(), this::disconnect);
        frame(page);
        page.focusLists();
    }

    private void frame(Node page) {
        scene.setRoot(new Frame(words, look, page, this::speak));
    }
}
