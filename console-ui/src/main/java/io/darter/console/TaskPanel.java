package io.darter.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.progressbar.ProgressBar;
import com.vaadin.flow.data.renderer.LitRenderer;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskDetail.TaskNodeView;
import io.darter.operator.TaskView;
import io.darter.operator.words.Figures;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One task in detail: its figures, and how far each node is. */
final class TaskPanel extends Div {
    private static final String NODE_TEMPLATE = "<div class=\"node-progress\"><div class=\"node-line\">"
            + "<span class=\"node-name\" title=\"${item.role}\">${item.name}</span><span>${item.amount}</span></div>"
            + Marks.BAR_TEMPLATE + "<span class=\"node-sources\">${item.sources}</span></div>";

    private final Speech speech = Speech.here();
    private final ProblemBanner problem;
    private final H2 name = new H2(speech.text("common.loading"));
    private final Div state = new Div();
    private final ProgressBar bar = new ProgressBar();
    private final Paragraph failure = new Paragraph();
    private final DescriptionList list = new DescriptionList();
    private final Map<String, DescriptionList.Description> facts = new LinkedHashMap<>();
    private final Grid<TaskNodeView> grid = new Grid<>();
    private final Rows<TaskNodeView> rows;
    private long contentBytes;
    private @Nullable String shownState;

    TaskPanel(String id, LiveState live, Runnable close) {
        addClassName("task-panel");
        problem = new ProblemBanner(speech, live::hurry);
        failure.addClassName("task-failure");
        failure.setVisible(false);
        bar.setVisible(false);
        list.addClassName("facts");
        nodeColumn();
        rows = new Rows<>(grid, TaskNodeView::node);
        add(head(close), problem, bar, failure, list, new H3(speech.text("task.nodes")), grid);
        LiveBinding.bind(this, live, new Topic.OneTask(id), this::show);
    }

    void show(Live<TaskDetail> live) {
        TaskDetail detail = live.value();
        problem.show(live);
        setClassName("old", live.stale());
        if (detail == null) {
            if (live.problem() != null && live.problem().status() == 404) {
                name.setText(speech.text("tasks.gone"));
                failure.setText(speech.text("tasks.gone.text"));
                failure.setVisible(true);
                problem.setVisible(false);
            }
            return;
        }
        showTask(detail.task());
        showContents(detail);
        contentBytes = detail.task().contentBytes();
        rows.show(detail.nodes());
    }

    private void showTask(TaskView task) {
        Figures figures = speech.figures();
        name.setText(task.name());
        if (!task.state().equals(shownState)) {
            shownState = task.state();
            state.removeAll();
            state.add(Marks.state(task.state(), speech.word("task", task.state())));
        }
        bar.setVisible(true);
        bar.setValue(Figures.share(task.verifiedBytes(), task.wantedBytes()));
        bar.getElement().setAttribute("aria-label", speech.text("task.progressOf", task.name()));
        failure.setText(task.failure());
        failure.setVisible(!task.failure().isEmpty());
        fact("tasks.kind", speech.word("kind", task.kind()));
        fact("tasks.size", figures.bytes(task.contentBytes()));
        fact("tasks.progress", figures.percent(task.verifiedBytes(), task.wantedBytes()));
        fact(
                "tasks.nodesDone",
                speech.text("tasks.nodesDone.value", figures.number(task.nodesDone()), figures.number(task.nodes())));
        fact("tasks.origin", figures.bytes(task.originBytes()));
        fact("tasks.peers", figures.bytes(task.peerBytes()));
        fact("tasks.connections", figures.number(task.peakOriginConnections()));
        fact("tasks.started", speech.dateAndTime(task.startedAt()));
        fact("tasks.finished", speech.dateAndTime(task.finishedAt()));
    }

    private void showContents(TaskDetail detail) {
        long pieces = detail.contents().stream()
                .mapToLong(TaskDetail.ContentView::pieces)
                .sum();
        fact(
                "task.contents",
                speech.text(
                        "task.contents.value",
                        speech.count("task.contents.count", detail.contents().size()),
                        speech.count("task.pieces", pieces)));
        int rarest = detail.contents().stream()
                .mapToInt(TaskDetail.ContentView::rarestCopies)
                .min()
                .orElse(0);
        fact("task.rarest", speech.count("task.rarest", rarest));
    }

    private void fact(String key, String value) {
        facts.computeIfAbsent(key, _ -> {
                    var description = new DescriptionList.Description();
                    list.add(new Div(new DescriptionList.Term(speech.text(key)), description));
                    return description;
                })
                .setText(value);
    }

    private Component head(Runnable close) {
        Button button = new Button(VaadinIcon.CLOSE.create(), _ -> close.run());
        button.setAriaLabel(speech.text("task.close"));
        button.setTooltipText(speech.text("task.close"));
        button.addThemeVariants(ButtonVariant.TERTIARY);
        Div words = new Div(name, state);
        Div head = new Div(words, button);
        head.addClassName("task-head");
        return head;
    }

    private void nodeColumn() {
        Figures figures = speech.figures();
        grid.addThemeVariants(GridVariant.NO_BORDER, GridVariant.NO_ROW_BORDERS);
        grid.setSelectionMode(Grid.SelectionMode.NONE);
        grid.setEmptyStateText(speech.text("task.noNodes"));
        grid.addColumn(LitRenderer.<TaskNodeView>of(NODE_TEMPLATE)
                .withProperty("name", TaskNodeView::name)
                .withProperty("role", node -> speech.word("role", node.role()))
                .withProperty("share", node -> Figures.share(node.verifiedBytes(), contentBytes))
                .withProperty("percent", node -> figures.percent(node.verifiedBytes(), contentBytes))
                .withProperty("barLabel", node -> speech.text("task.progressOf", node.name()))
                .withProperty(
                        "amount",
                        node -> speech.text(
                                "task.node.progress", figures.bytes(node.verifiedBytes()), figures.bytes(contentBytes)))
                .withProperty(
                        "sources",
                        node -> speech.text(
                                "task.node.sources",
                                figures.bytes(node.peerBytes()),
                                figures.bytes(node.originBytes()))));
    }
}
