package io.darter.desktop.window;

import io.darter.desktop.live.LiveViewModel;
import io.darter.operator.NodeView;
import io.darter.operator.words.Figures;
import io.darter.operator.words.StateWords;
import io.darter.operator.words.Words;
import java.util.Comparator;
import javafx.collections.transformation.SortedList;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;

/** All nodes, by name until a person sorts otherwise. */
final class NodesTable extends TableView<NodeView> {
    NodesTable(Words words, LiveViewModel model) {
        Figures figures = new Figures(words);
        getColumns().add(Columns.text(words.text("nodes.name"), 190, NodeView::name));
        getColumns()
                .add(Columns.text(words.text("nodes.role"), 100, node -> StateWords.word(words, "role", node.role())));
        getColumns()
                .add(Columns.picture(
                        words.text("nodes.state"),
                        110,
                        Comparator.comparing(NodeView::state),
                        StateMark::new,
                        (mark, node) -> {
                            mark.show(node.state(), StateWords.word(words, "node", node.state()));
                            mark.setTooltip(node.reason().isEmpty() ? null : new Tooltip(node.reason()));
                        }));
        getColumns().add(Columns.text(words.text("nodes.address"), 170, NodeView::address));
        getColumns().add(Columns.text(words.text("nodes.version"), 100, NodeView::version));
        getColumns()
                .add(Columns.figure(
                        words.text("nodes.cache"),
                        100,
                        NodeView::storeBytes,
                        node -> figures.bytes(node.storeBytes())));
        getColumns()
                .add(Columns.text(
                        words.text("nodes.lastSeen"),
                        150,
                        node -> node.state().equals("online")
                                ? words.text("nodes.connectedNow")
                                : figures.ago(node.lastSeen(), model.clock().instant())));
        SortedList<NodeView> sorted = new SortedList<>(model.nodes());
        sorted.comparatorProperty()
                .bind(comparatorProperty()
                        .map(chosen -> chosen == null ? Comparator.comparing(NodeView::name) : chosen)
                        .orElse(Comparator.comparing(NodeView::name)));
        setItems(sorted);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    }
}
