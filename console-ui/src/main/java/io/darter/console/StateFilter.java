package io.darter.console;

import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import io.darter.operator.TaskView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All, running, done, failed: each with how many there are. */
final class StateFilter extends Tabs {
    private static final List<String> STATES = List.of("", "running", "done", "failed");

    private final Speech speech;
    private final Map<String, Tab> tabs = new LinkedHashMap<>();

    StateFilter(Speech speech) {
        this.speech = speech;
        addClassName("state-filter");
        getElement().setAttribute("aria-label", speech.text("tasks.filter.label"));
        for (String state : STATES) {
            Tab tab = new Tab(label(state));
            tabs.put(state, tab);
            add(tab);
        }
    }

    void onChange(Runnable changed) {
        addSelectedChangeListener(_ -> changed.run());
    }

    void all() {
        setSelectedIndex(0);
    }

    boolean shows(TaskView task) {
        int selected = Math.max(0, getSelectedIndex());
        return selected == 0 || STATES.get(selected).equals(task.state());
    }

    void count(List<TaskView> tasks) {
        tabs.forEach((state, tab) -> {
            long number = tasks.stream()
                    .filter(task -> state.isEmpty() || task.state().equals(state))
                    .count();
            tab.setLabel(speech.text(
                    "tasks.filter.count", label(state), speech.figures().number(number)));
        });
    }

    private String label(String state) {
        return state.isEmpty() ? speech.text("tasks.filter.all") : speech.word("task", state);
    }
}
