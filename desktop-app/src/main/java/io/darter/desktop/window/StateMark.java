package io.darter.desktop.window;

import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;

/** A state as picture, word and colour together. */
final class StateMark extends Label {
    StateMark() {
        Region picture = new Region();
        picture.getStyleClass().add("picture");
        setGraphic(picture);
        setGraphicTextGap(6);
        setAlignment(Pos.CENTER_LEFT);
        getStyleClass().add("mark");
    }

    void show(String state, String word) {
        setText(word);
        getStyleClass().removeIf(name -> name.startsWith("mark-"));
        getStyleClass().add("mark-" + state);
    }
}
