package io.darter.desktop;

import io.darter.desktop.connect.HttpConnector;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.jspecify.annotations.Nullable;

/** Puts the real parts together. */
public final class DesktopApp extends Application {
    private @Nullable Windows windows;

    @Override
    public void start(Stage stage) {
        Settings settings = new Settings(settingsFile());
        settings.load();
        Look look = new Look(settings.scheme());
        look.start();
        Windows all = new Windows(
                settings,
                look,
                new HttpConnector(),
                InstantSource.system(),
                RandomGenerator.getDefault(),
                Thread::startVirtualThread,
                Platform::runLater);
        windows = all;
        stage.setTitle("Darter");
        stage.setScene(all.scene());
        stage.show();
    }

    @Override
    public void stop() {
        Windows open = windows;
        if (open != null) {
            open.close();
        }
    }

    private static Path settingsFile() {
        String configured = System.getenv("XDG_CONFIG_HOME");
        Path folder = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".config")
                : Path.of(configured);
        return folder.resolve("darter").resolve("desktop.properties");
    }
}
