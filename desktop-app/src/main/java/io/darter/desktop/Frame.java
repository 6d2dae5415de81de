package io.darter.desktop;

import io.darter.operator.words.Words;
import java.util.Locale;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuBar;
import javafx.scene.control.RadioMenuItem;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;

/** What surrounds every page: the choice of language and appearance. */
final class Frame extends BorderPane {
    Frame(Words words, Look look, Node page, Consumer<Locale> chooseLanguage) {
        getStyleClass().add("frame");
        getStylesheets()
                .add(java.util.Objects.requireNonNull(Frame.class.getResource("desktop.css"), "desktop.css")
                        .toExternalForm());
        MenuBar menus = new MenuBar(languages(words, chooseLanguage), schemes(words, look));
        HBox bar = new HBox(menus);
        bar.setAlignment(Pos.CENTER_RIGHT);
        setTop(bar);
        setCenter(page);
    }

    private static Menu languages(Words words, Consumer<Locale> choose) {
        Menu menu = new Menu(words.text("language.label"));
        ToggleGroup group = new ToggleGroup();
        for (Locale language : Words.languages()) {
            RadioMenuItem item = new RadioMenuItem(words.text("language." + language.toLanguageTag()));
            item.setToggleGroup(group);
            item.setSelected(language.equals(words.locale()));
            item.setOnAction(_ -> choose.accept(language));
            menu.getItems().add(item);
        }
        return menu;
    }

    private static Menu schemes(Words words, Look look) {
        Menu menu = new Menu(words.text("scheme.label"));
        ToggleGroup group = new ToggleGroup();
        for (Look.Scheme scheme : Look.Scheme.values()) {
            RadioMenuItem item =
                    new RadioMenuItem(words.text("scheme." + scheme.name().toLowerCase(Locale.ROOT)));
            item.setToggleGroup(group);
            item.setSelected(scheme == look.scheme().get());
            item.setOnAction(_ -> look.scheme().set(scheme));
            menu.getItems().add(item);
        }
        return menu;
    }
}
