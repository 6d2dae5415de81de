package io.darter.desktop.window;

import java.util.Comparator;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Node;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import org.jspecify.annotations.Nullable;

/** Table columns whose cells show a part of a row. */
final class Columns {
    private Columns() {}

    static <R> TableColumn<R, R> text(String title, double width, Function<R, String> text) {
        return of(title, width, Comparator.comparing(text), () -> new TableCell<>() {
            @Override
            protected void updateItem(@Nullable R row, boolean empty) {
                super.updateItem(row, empty);
                setText(row == null || empty ? null : text.apply(row));
            }
        });
    }

    /** Right-aligned, sorted by the value and not by its text. */
    static <R, V extends Comparable<V>> TableColumn<R, R> figure(
            String title, double width, Function<R, V> value, Function<R, String> text) {
        TableColumn<R, R> column = text(title, width, text);
        column.setComparator(Comparator.comparing(value));
        column.getStyleClass().add("figure");
        return column;
    }

    static <R, N extends Node> TableColumn<R, R> picture(
            String title, double width, Comparator<R> order, Supplier<N> picture, BiConsumer<N, R> show) {
        return of(title, width, order, () -> new TableCell<>() {
            private final N node = picture.get();

            @Override
            protected void updateItem(@Nullable R row, boolean empty) {
                super.updateItem(row, empty);
                if (row == null || empty) {
                    setGraphic(null);
                    return;
                }
                show.accept(node, row);
                setGraphic(node);
            }
        });
    }

    private static <R> TableColumn<R, R> of(
            String title, double width, Comparator<R> order, Supplier<TableCell<R, R>> cell) {
        TableColumn<R, R> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
        column.setCellFactory(_ -> cell.get());
        column.setComparator(order);
        return column;
    }
}
