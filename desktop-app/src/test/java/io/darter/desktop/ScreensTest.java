package io.darter.desktop;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.darter.desktop.connect.Appliance;
import io.darter.desktop.connect.ConnectFailure;
import io.darter.desktop.connect.ConnectPane;
import io.darter.desktop.connect.ConnectViewModel;
import io.darter.desktop.live.LiveViewModel;
import io.darter.desktop.live.Snapshots;
import io.darter.desktop.window.MainPane;
import io.darter.operator.OperatorApi;
import io.darter.operator.words.Words;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.TabPane;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paints every window in each language and scheme into target/screens. */
class ScreensTest {
    private static final Path FOLDER = Path.of("target", "screens");
    private static final InstantSource CLOCK = InstantSource.fixed(FakeCluster.NOW);

    @BeforeAll
    static void startToolkit() throws Exception {
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        Platform.startup(() -> started.complete(true));
        started.get(60, TimeUnit.SECONDS);
        Platform.setImplicitExit(false);
        Files.createDirectories(FOLDER);
    }

    @ParameterizedTest
    @CsvSource({"en,LIGHT", "en,DARK", "zh-CN,LIGHT", "zh-CN,DARK"})
    void everyWindowIsPaintedInEachLanguageAndScheme(String language, Look.Scheme scheme) throws Exception {
        Words words = Words.of(Locale.forLanguageTag(language));
        assumeTrue(
                !language.startsWith("zh") || new java.awt.Font(java.awt.Font.DIALOG, 0, 12).canDisplayUpTo("节点") < 0,
                "NOT RUN: no font with Chinese characters; install one, for example fonts-noto-cjk");
        String tag = language + "-" + scheme.name().toLowerCase(Locale.ROOT);
        // The theme is read once for all pictures: reading it costs more than painting.
        Look look = onFxThread(() -> {
                    Look chosen = new Look(scheme);
                    chosen.start();
                    return chosen;
                })
                .get(60, TimeUnit.SECONDS);
        paint(words, look, "connect-" + tag, () -> new ConnectPane(words, form(null)));
        paint(words, look, "connect-errors-" + tag, () -> {
            ConnectViewModel model = form(new ConnectFailure(ConnectFailure.Kind.UNREACHABLE, ""));
            model.fingerprint.set("");
            model.connect();
            model.user.set("");
            return new ConnectPane(words, model);
        });
        paint(words, look, "trust-" + tag, () -> {
            ConnectViewModel model = form(null);
            model.connect();
            return new ConnectPane(words, model);
        });
        paint(words, look, "nodes-" + tag, () -> main(words, live(new FakeCluster().busy(), false), 0));
        paint(words, look, "tasks-" + tag, () -> main(words, live(new FakeCluster().busy(), false), 1));
        paint(words, look, "lost-" + tag, () -> main(words, live(new FakeCluster().busy(), true), 1));
        paint(words, look, "empty-" + tag, () -> main(words, live(new FakeCluster(), false), 1));
    }

    private static LiveViewModel live(FakeCluster cluster, boolean lost) {
        LiveViewModel model = new LiveViewModel(CLOCK, Runnable::run);
        model.fetched(Snapshots.of(cluster));
        if (lost) {
            model.failed(new IllegalStateException("gone"), Duration.ofSeconds(8));
        }
        return model;
    }

    private static Node main(Words words, LiveViewModel model, int tab) {
        MainPane pane = new MainPane(words, model, "admin@https://appliance.example:8443", () -> {});
        if (pane.getCenter() instanceof TabPane tabs) {
            tabs.getSelectionModel().select(tab);
        }
        return pane;
    }

    private static ConnectViewModel form(@org.jspecify.annotations.Nullable ConnectFailure failure) {
        ConnectViewModel model = new ConnectViewModel(
                new Appliance.Connector() {
                    @Override
                    public String presentedFingerprint(URI address) throws ConnectFailure {
                        if (failure != null) {
                            throw failure;
                        }
                        return "3f9a".repeat(16);
                    }

                    @Override
                    public OperatorApi connect(Appliance appliance) {
                        return new FakeCluster();
                    }
                },
                Runnable::run,
                Runnable::run,
                (_, _) -> {});
        model.address.set("https://appliance.example:8443");
        model.user.set("admin");
        model.password.set("example");
        return model;
    }

    private static void paint(Words words, Look look, String name, Callable<Node> page) throws Exception {
        WritableImage image = onFxThread(() -> {
                    Stage stage = new Stage();
                    stage.setScene(new Scene(new Frame(words, look, page.call(), _ -> {}), 1000, 560));
                    stage.show();
                    return stage;
                })
                .thenCompose(stage -> onFxThread(() -> {
                    WritableImage painted = stage.getScene().snapshot(null);
                    stage.close();
                    return painted;
                }))
                .get(60, TimeUnit.SECONDS);
        save(image, FOLDER.resolve(name + ".png"));
    }

    private static <T> CompletableFuture<T> onFxThread(Callable<T> action) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Platform.runLater(() -> {
            try {
                done.complete(action.call());
            } catch (Throwable e) { // also a library that is not there: else everybody waits in vain
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static void save(WritableImage image, Path file) throws IOException {
        int width = (int) image.getWidth();
        int height = (int) image.getHeight();
        int[] pixels = new int[width * height];
        image.getPixelReader().getPixels(0, 0, width, height, PixelFormat.getIntArgbInstance(), pixels, 0, width);
        BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        copy.setRGB(0, 0, width, height, pixels, 0, width);
        long colours = IntStream.range(0, pixels.length / 7)
                .map(index -> pixels[index * 7])
                .distinct()
                .count();
        ImageIO.write(copy, "png", file.toFile());
        assertTrue(colours > 50, "a blank picture: " + file);
    }
}
