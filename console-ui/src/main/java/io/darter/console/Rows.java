package io.darter.console;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.data.provider.ListDataProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a grid, replaced as a list and sent as differences: a row whose value changed is sent again, the rest of
 * the page stays as it is, with its selection, focus and scroll position.
 */
final class Rows<T> {
    private final List<T> items = new ArrayList<>();
    private final Function<T, String> id;
    private final ListDataProvider<T> provider;

    Rows(Grid<T> grid, Function<T, String> id) {
        this.id = id;
        this.provider = new ListDataProvider<>(items) {
            @Override
            public Object getId(T item) {
                return id.apply(item);
            }
        };
        grid.setItems(provider);
    }

    void show(List<T> newest) {
        if (ids(items).equals(ids(newest))) {
            for (int row = 0; row < newest.size(); row++) {
                T item = newest.get(row);
                if (!item.equals(items.set(row, item))) {
                    provider.refreshItem(item);
                }
            }
            return;
        }
        items.clear();
        items.addAll(newest);
        provider.refreshAll();
    }

    @Nullable
    T find(String wanted) {
        Map<String, T> byId = new HashMap<>();
        items.forEach(item -> byId.put(id.apply(item), item));
        return byId.get(wanted);
    }

    private List<String> ids(List<T> list) {
        return list.stream().map(id).toList();
    }
}
