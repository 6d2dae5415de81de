package io.darter.desktop.window;

import io.darter.desktop.live.LiveViewModel;
import io.darter.operator.TaskView;
import io.darter.operator.words.Figures;
import io.darter.operator.words.StateWords;
import io.darter.operator.words.Words;
import java.util.Comparator;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** All tasks, the newest first until a person sorts otherwise. */
final class TasksTable extends TableView<TaskView> {
    TasksTable(Words words, LiveViewModel model) {
        Figures figures = new Figures(words);
        getColumns().add(Columns.text(words.text("tasks.name"), 280, TaskView::name));
        getColumns()
                .add(Columns.picture(
                        words.text("tasks.state"),
                        110,
                        Comparator.comparing(TaskView::state),
                        StateMark::new,
                        (mark, task) -> {
                            mark.show(task.state(), StateWords.word(words, "task", task.state()));
                            mark.setTooltip(task.failure().isEmpty() ? null : new Tooltip(task.failure()));
                        }));
        getColumns()
                .add(Columns.picture(
                        words.text("tasks.progress"),
                        160,
                        Comparator.comparingDouble(TasksTable::share),
                        Progress::new,
                        (bar, task) -> bar.show(
                                share(task),
                                figures.percent(task.verifiedBytes(), task.wantedBytes()),
                                words.text("task.progressOf", task.name()))));
        getColumns()
                .add(Columns.figure(
                        words.text("tasks.nodesDone"),
                        100,
                        TaskView::nodesDone,
                        task -> words.text(
                                "tasks.nodesDone.value",
                                figures.number(task.nodesDone()),
                                figures.number(task.nodes()))));
        bytes(words.text("tasks.size"), figures, TaskView::contentBytes);
        bytes(words.text("tasks.origin"), figures, TaskView::originBytes);
        bytes(words.text("tasks.peers"), figures, TaskView::peerBytes);
        SortedList<TaskView> sorted = new SortedList<>(model.tasks());
        sorted.comparatorProperty().bind(comparatorProperty());
        setItems(sorted);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    }

    private void bytes(String title, Figures figures, java.util.function.Function<TaskView, Long> value) {
        getColumns().add(Columns.figure(title, 110, value, task -> figures.bytes(value.apply(task))));
    }

    private static double share(TaskView task) {
        return Figures.share(task.verifiedBytes(), task.wantedBytes());
    }

    /** A bar with its percentage. */
    private static final class Progress extends HBox {
        private final ProgressBar bar = new ProgressBar();
        private final Label percent = new Label();

        Progress() {
            super(8);
            bar.setMaxWidth(Double.MAX_VALUE);
            bar.setMinWidth(30);
            percent.setMinWidth(52); // "100%" in the largest font we ship
            percent.setAlignment(Pos.CENTER_RIGHT);
            setAlignment(Pos.CENTER_LEFT);
            HBox.setHgrow(bar, Priority.ALWAYS);
            getChildren().addAll(bar, percent);
        }

        void show(double share, String text, String accessibleText) {
            bar.setProgress(share);
            bar.setAccessibleText(accessibleText);
            percent.setText(text);
        }
    }
}
