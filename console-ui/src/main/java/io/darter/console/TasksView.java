package io.darter.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.masterdetaillayout.MasterDetailLayout;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteParam;
import com.vaadin.flow.router.RouteParameters;
import io.darter.operator.Page;
import io.darter.operator.TaskView;
import io.darter.operator.words.Figures;
import jakarta.annotation.security.PermitAll;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is being fetched and shared, as it happens; one task's details beside the list, at an address of its own. */
@Route(value = "tasks/:id?", layout = MainLayout.class)
@PermitAll
public final class TasksView extends Main implements MainLayout.ConsoleView, BeforeEnterObserver {
    private final Speech speech = Speech.here();
    private final LiveState live;
    private final ProblemBanner problem;
    private final TextField filter = new TextField();
    private final StateFilter states = new StateFilter(speech);
    private final Grid<TaskView> grid = new Grid<>();
    private final Rows<TaskView> rows;
    private final MasterDetailLayout split = new MasterDetailLayout();
    private @Nullable Page<TaskView> known;
    private String openId = "";

    public TasksView(LiveState live) {
        this.live = live;
        addClassNames("view", "list-view");
        problem = new ProblemBanner(speech, live::hurry);
        columns();
        rows = new Rows<>(grid, TaskView::id);
        grid.setEmptyStateText(speech.text("common.loading"));
        grid.asSingleSelect().addValueChangeListener(event -> {
            if (event.isFromClient()) {
                open(event.getValue() == null ? "" : event.getValue().id());
            }
        });
        Div list = new Div(toolbar(), grid);
        list.addClassName("list");
        split.setMaster(list);
        split.setDetailSize("26rem");
        split.setSizeFull();
        split.addBackdropClickListener(_ -> open(""));
        split.addDetailEscapePressListener(_ -> open(""));
        add(problem, split);
        LiveBinding.bind(this, live, new Topic.Tasks(), this::show);
    }

    @Override
    public String heading() {
        return speech.text("nav.tasks");
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        String id = event.getRouteParameters().get("id").orElse("");
        if (!id.equals(openId)) {
            openId = id;
            split.setDetail(id.isEmpty() ? null : new TaskPanel(id, live, () -> open("")));
        }
        select();
    }

    void show(Live<Page<TaskView>> state) {
        problem.show(state);
        setClassName("old", state.stale());
        known = state.value();
        if (known == null) {
            grid.setEmptyStateText(speech.text(state.stale() ? "problem.noData" : "common.loading"));
        }
        filterRows();
    }

    private void filterRows() {
        Page<TaskView> page = known;
        if (page == null) {
            return;
        }
        String wanted = filter.getValue().strip().toLowerCase(Locale.ROOT);
        List<TaskView> named = page.items().stream()
                .filter(task -> task.name().toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
        states.count(named);
        List<TaskView> matching = named.stream().filter(states::shows).toList();
        if (matching.isEmpty()) {
            grid.setEmptyStateComponent(page.items().isEmpty() ? noTasks() : noMatch());
        }
        rows.show(matching);
        select();
    }

    private void select() {
        TaskView open = rows.find(openId);
        if (open == null) {
            grid.deselectAll();
        } else if (!open.equals(grid.asSingleSelect().getValue())) {
            grid.select(open);
        }
    }

    private void open(String id) {
        getUI().ifPresent(ui -> ui.navigate(
                TasksView.class,
                id.isEmpty() ? RouteParameters.empty() : new RouteParameters(new RouteParam("id", id))));
    }

    private Div toolbar() {
        filter.setPlaceholder(speech.text("tasks.filter"));
        filter.setAriaLabel(speech.text("tasks.filter"));
        filter.setPrefixComponent(VaadinIcon.SEARCH.create());
        filter.setClearButtonVisible(true);
        filter.setValueChangeMode(ValueChangeMode.LAZY);
        filter.addValueChangeListener(_ -> filterRows());
        filter.addClassName("filter");
        states.onChange(this::filterRows);
        Div toolbar = new Div(filter, states);
        toolbar.addClassName("toolbar");
        return toolbar;
    }

    private void columns() {
        Figures figures = speech.figures();
        grid.addThemeVariants(GridVariant.NO_BORDER);
        grid.addColumn(LitRenderer.<TaskView>of("<span class=\"task-name\" title=\"${item.name}\">"
                                + "<vaadin-icon icon=\"${item.icon}\" title=\"${item.kind}\"></vaadin-icon>"
                                + "<span>${item.name}</span></span>")
                        .withProperty("name", TaskView::name)
                        .withProperty("kind", task -> speech.word("kind", task.kind()))
                        .withProperty("icon", task -> task.kind().equals("image") ? "vaadin:package" : "vaadin:file-o"))
                .setHeader(speech.text("tasks.name"))
                .setComparator(TaskView::name)
                .setFlexGrow(3)
                .setWidth("14rem");
        grid.addColumn(LitRenderer.<TaskView>of(Marks.STATE_TEMPLATE)
                        .withProperty("state", TaskView::state)
                        .withProperty("icon", task -> Marks.iconName(task.state()))
                        .withProperty("word", task -> speech.word("task", task.state()))
                        .withProperty("reason", TaskView::failure))
                .setHeader(speech.text("tasks.state"))
                .setComparator(TaskView::state)
                .setWidth("8rem")
                .setFlexGrow(0);
        grid.addColumn(LitRenderer.<TaskView>of(Marks.BAR_TEMPLATE)
                        .withProperty("share", task -> Figures.share(task.verifiedBytes(), task.wantedBytes()))
                        .withProperty("percent", task -> figures.percent(task.verifiedBytes(), task.wantedBytes()))
                        .withProperty("barLabel", task -> speech.text("task.progressOf", task.name())))
                .setHeader(speech.text("tasks.progress"))
                .setComparator(
                        Comparator.comparingDouble(task -> Figures.share(task.verifiedBytes(), task.wantedBytes())))
                .setWidth("11rem");
        number(
                "tasks.nodesDone",
                "7rem",
                TaskView::nodesDone,
                task -> speech.text(
                        "tasks.nodesDone.value", figures.number(task.nodesDone()), figures.number(task.nodes())));
        number("tasks.size", "6.5rem", TaskView::contentBytes, task -> figures.bytes(task.contentBytes()));
        number("tasks.origin", "7.5rem", TaskView::originBytes, task -> figures.bytes(task.originBytes()));
        number("tasks.peers", "7.5rem", TaskView::peerBytes, task -> figures.bytes(task.peerBytes()));
        number(
                        "tasks.connections",
                        "7.5rem",
                        TaskView::peakOriginConnections,
                        task -> figures.number(task.peakOriginConnections()))
                .setTooltipGenerator(_ -> speech.text("tasks.connections.hint"));
        grid.getColumns().forEach(column -> column.setResizable(true));
    }

    private Grid.Column<TaskView> number(
            String key,
            String width,
            java.util.function.ToLongFunction<TaskView> value,
            com.vaadin.flow.function.ValueProvider<TaskView, String> text) {
        return grid.addColumn(text)
                .setHeader(speech.text(key))
                .setComparator(Comparator.comparingLong(value))
                .setTextAlign(ColumnTextAlign.END)
                .setWidth(width)
                .setFlexGrow(0);
    }

    private Component noTasks() {
        return Marks.nothing(VaadinIcon.TASKS, speech.text("tasks.empty"), speech.text("tasks.empty.text"));
    }

    private Component noMatch() {
        Div nothing = Marks.nothing(VaadinIcon.SEARCH, speech.text("tasks.noMatch"), "");
        nothing.add(new Button(speech.text("tasks.clearFilters"), _ -> {
            filter.clear();
            states.all();
        }));
        return nothing;
    }
}
