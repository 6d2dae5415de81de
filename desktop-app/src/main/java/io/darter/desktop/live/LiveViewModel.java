package io.darter.desktop.live;

import io.darter.operator.NodeView;
import io.darter.operator.Overview;
import io.darter.operator.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, tasks and the link as the window shows them. Rows that did not change are left alone, so that selection and
 * scroll position survive a refresh; after a failure the old rows stay, with their time.
 */
public final class LiveViewModel implements Refresher.Listener {
    private final InstantSource clock;
    private final Executor ui;
    private final ObservableList<NodeView> nodes = FXCollections.observableArrayList();
    private final ObservableList<TaskView> tasks = FXCollections.observableArrayList();
    private final ObjectProperty<@Nullable Overview> overview = new SimpleObjectProperty<>();
    private final ObjectProperty<@Nullable Instant> dataOf = new SimpleObjectProperty<>();
    private final ReadOnlyObjectWrapper<LinkState> link = new ReadOnlyObjectWrapper<>(new LinkState.Loading());
    private Runnable retry = () -> {};

    public LiveViewModel(InstantSource clock, Executor ui) {
        this.clock = clock;
        this.ui = ui;
    }

    public void onRetry(Runnable action) {
        retry = action;
    }

    public void retryNow() {
        retry.run();
    }

    public ObservableList<NodeView> nodes() {
        return nodes;
    }

    public ObservableList<TaskView> tasks() {
        return tasks;
    }

    public ObjectProperty<@Nullable Overview> overview() {
        return overview;
    }

    /** When the rows were fetched; null before that. */
    public ObjectProperty<@Nullable Instant> dataOf() {
        return dataOf;
    }

    public ReadOnlyObjectProperty<LinkState> link() {
        return link.getReadOnlyProperty();
    }

    public InstantSource clock() {
        return clock;
    }

    @Override
    public void fetched(Snapshot snapshot) {
        ui.execute(() -> {
            update(nodes, snapshot.nodes(), NodeView::id);
            update(tasks, snapshot.tasks(), TaskView::id);
            overview.set(snapshot.overview());
            dataOf.set(snapshot.at());
            link.set(new LinkState.Live());
        });
    }

    @Override
    public void failed(RuntimeException cause, Duration wait) {
        ui.execute(() -> link.set(new LinkState.Lost(clock.instant().plus(wait))));
    }

    @Override
    public void trying() {
        ui.execute(() -> link.set(new LinkState.Lost(clock.instant())));
    }

    static <T> void update(ObservableList<T> rows, List<T> newest, Function<T, String> id) {
        if (!rows.stream().map(id).toList().equals(newest.stream().map(id).toList())) {
            rows.setAll(newest);
            return;
        }
        for (int row = 0; row < newest.size(); row++) {
            if (!rows.get(row).equals(newest.get(row))) {
                rows.set(row, newest.get(row));
            }
        }
    }
}
