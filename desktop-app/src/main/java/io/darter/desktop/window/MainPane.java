package io.darter.desktop.window;

import atlantafx.base.theme.Styles;
import atlantafx.base.theme.Tweaks;
import io.darter.desktop.live.LinkState;
import io.darter.desktop.live.LiveViewModel;
import io.darter.operator.words.StateWords;
import io.darter.operator.words.Words;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableView;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** One appliance at work: its sentence of state, its nodes and its tasks. */
public final class MainPane extends BorderPane {
    private final Words words;
    private final LiveViewModel model;
    private final TabPane tabs;

    public MainPane(Words words, LiveViewModel model, String title, Runnable disconnect) {
        this.words = words;
        this.model = model;
        getStyleClass().add("main");
        NodesTable nodes = new NodesTable(words, model);
        TasksTable tasks = new TasksTable(words, model);
        tabs = new TabPane(
                tab(words.text("nav.nodes"), nodes, "nodes.empty"), tab(words.text("nav.tasks"), tasks, "tasks.empty"));
        tabs.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
        tabs.getStyleClass().add(Styles.DENSE);
        setTop(head(title, disconnect));
        setCenter(tabs);
        model.link().subscribe(state -> tabs.setOpacity(state instanceof LinkState.Lost ? 0.55 : 1));
    }

    /** Keys go to the lists first. */
    public void focusLists() {
        tabs.requestFocus();
    }

    private Tab tab(String name, TableView<?> table, String emptyKey) {
        table.getStyleClass().addAll(Styles.DENSE, Tweaks.EDGE_TO_EDGE);
        model.link().subscribe(state -> table.setPlaceholder(placeholder(state, emptyKey)));
        return new Tab(name, table);
    }

    private Node placeholder(LinkState state, String emptyKey) {
        if (state instanceof LinkState.Loading || model.dataOf().get() == null) {
            return new Label(words.text("desktop.loading"));
        }
        Label title = new Label(words.text(emptyKey));
        title.getStyleClass().add(Styles.TITLE_4);
        Label text = new Label(words.text(emptyKey + ".text"));
        text.setWrapText(true);
        text.setMaxWidth(420);
        text.getStyleClass().add(Styles.TEXT_MUTED);
        VBox nothing = new VBox(6, title, text);
        nothing.getStyleClass().add("nothing");
        return nothing;
    }

    private Node head(String title, Runnable disconnect) {
        Label name = new Label(title);
        name.getStyleClass().add(Styles.TEXT_MUTED);
        Label sentence = new Label(words.text("desktop.loading"));
        sentence.getStyleClass().add(Styles.TITLE_4);
        sentence.setWrapText(true);
        model.overview().subscribe(overview -> {
            if (overview != null) {
                sentence.setText(StateWords.sentence(words, overview));
            }
        });
        Button leave = new Button(words.text("desktop.disconnect"));
        leave.setOnAction(_ -> disconnect.run());
        Region space = new Region();
        HBox.setHgrow(space, Priority.ALWAYS);
        HBox first = new HBox(12, name, space, new LinkBar(words, model), leave);
        first.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
        VBox head = new VBox(6, first, sentence);
        head.getStyleClass().add("head");
        return head;
    }
}
