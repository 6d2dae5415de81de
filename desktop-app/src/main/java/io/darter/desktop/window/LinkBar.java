package io.darter.desktop.window;

import atlantafx.base.theme.Styles;
import io.darter.desktop.live.LinkState;
import io.darter.desktop.live.LiveViewModel;
import io.darter.operator.words.Figures;
import io.darter.operator.words.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;

/** Is this of now? While not: since when, and when it is tried again. */
final class LinkBar extends HBox {
    private final Words words;
    private final Figures figures;
    private final LiveViewModel model;
    private final StateMark mark = new StateMark();
    private final Label old = new Label();
    private final Button retry;
    private final Timeline tick = new Timeline(new KeyFrame(javafx.util.Duration.millis(500), _ -> show()));

    LinkBar(Words words, LiveViewModel model) {
        super(12);
        this.words = words;
        this.figures = new Figures(words);
        this.model = model;
        setAlignment(Pos.CENTER_LEFT);
        old.getStyleClass().add(Styles.TEXT_MUTED);
        retry = new Button(words.text("desktop.retryNow"));
        retry.getStyleClass().add(Styles.SMALL);
        retry.setOnAction(_ -> model.retryNow());
        retry.managedProperty().bind(retry.visibleProperty());
        old.managedProperty().bind(old.visibleProperty());
        getChildren().addAll(mark, old, retry);
        tick.setCycleCount(Animation.INDEFINITE);
        model.link().subscribe(_ -> show());
    }

    private void show() {
        LinkState state = model.link().get();
        switch (state) {
            case LinkState.Loading() -> mark.show("joining", words.text("desktop.loading"));
            case LinkState.Live() -> mark.show("online", words.text("desktop.live"));
            case LinkState.Lost(Instant next) -> mark.show("offline", waiting(next));
        }
        boolean lost = state instanceof LinkState.Lost;
        Instant dataOf = model.dataOf().get();
        old.setVisible(lost && dataOf != null);
        old.setText(
                dataOf == null ? "" : words.text("desktop.staleSince", figures.time(dataOf, ZoneId.systemDefault())));
        retry.setVisible(lost);
        if (lost) {
            tick.play();
        } else {
            tick.stop();
        }
    }

    private String waiting(Instant next) {
        long millis = Duration.between(model.clock().instant(), next).toMillis();
        return millis <= 0
                ? words.text("desktop.reconnectingNow")
                : words.text("desktop.reconnecting", figures.number((millis + 999) / 1000));
    }
}
