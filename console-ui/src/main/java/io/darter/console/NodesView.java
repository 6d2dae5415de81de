package io.darter.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.Route;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Page;
import jakarta.annotation.security.PermitAll;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The machines: who is here, who is not and since when; and how another one joins. */
@Route(value = "nodes", layout = MainLayout.class)
@PermitAll
public final class NodesView extends Main implements MainLayout.ConsoleView {
    private static final String MANAGE_TEMPLATE =
            "<vaadin-button theme=\"tertiary icon small\" aria-label=\"${item.label}\""
                    + " title=\"${item.label}\" @click=\"${open}\"><vaadin-icon icon=\"vaadin:ellipsis-dots-v\"></vaadin-icon>"
                    + "</vaadin-button>";

    private final Speech speech = Speech.here();
    private final OperatorApi api;
    private final LiveState live;
    private final InstantSource clock;
    private final ProblemBanner problem;
    private final TextField filter = new TextField();
    private final Span count = new Span();
    private final Grid<NodeView> grid = new Grid<>();
    private final Rows<NodeView> rows;
    private @Nullable Page<NodeView> known;

    public NodesView(OperatorApi api, LiveState live) {
        this.api = api;
        this.live = live;
        this.clock = live.clock();
        addClassNames("view", "list-view");
        problem = new ProblemBanner(speech, live::hurry);
        columns();
        rows = new Rows<>(grid, NodeView::id);
        grid.setEmptyStateText(speech.text("common.loading"));
        add(problem, toolbar(), grid);
        LiveBinding.bind(this, live, new Topic.Nodes(), this::show);
    }

    @Override
    public String heading() {
        return speech.text("nav.nodes");
    }

    void show(Live<Page<NodeView>> live) {
        problem.show(live);
        setClassName("old", live.stale());
        known = live.value();
        if (known == null) {
            grid.setEmptyStateText(speech.text(live.stale() ? "problem.noData" : "common.loading"));
        }
        filterRows();
    }

    private void filterRows() {
        Page<NodeView> page = known;
        if (page == null) {
            return;
        }
        List<NodeView> matching = page.items().stream()
                .filter(node -> matches(node, filter.getValue()))
                .sorted(Comparator.comparing(NodeView::name))
                .toList();
        if (matching.isEmpty()) {
            grid.setEmptyStateComponent(page.items().isEmpty() ? noNodes() : noMatch());
        }
        rows.show(matching);
        count.setText(
                matching.size() == page.total()
                        ? speech.count("nodes.count", page.total())
                        : speech.text(
                                "nodes.shown",
                                speech.figures().number(matching.size()),
                                speech.figures().number(page.total())));
    }

    private static boolean matches(NodeView node, String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        return Stream.of(node.name(), node.address(), node.zone(), node.rack())
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(wanted));
    }

    private Div toolbar() {
        filter.setPlaceholder(speech.text("nodes.filter"));
        filter.setAriaLabel(speech.text("nodes.filter"));
        filter.setPrefixComponent(VaadinIcon.SEARCH.create());
        filter.setClearButtonVisible(true);
        filter.setValueChangeMode(ValueChangeMode.LAZY);
        filter.addValueChangeListener(_ -> filterRows());
        filter.addClassName("filter");
        count.addClassName("count");
        count.getElement().setAttribute("role", "status");
        Div toolbar = new Div(filter, count, AddNodeDialog.button(api));
        toolbar.addClassName("toolbar");
        return toolbar;
    }

    private void columns() {
        grid.addThemeVariants(GridVariant.NO_BORDER);
        grid.setSelectionMode(Grid.SelectionMode.NONE);
        grid.addColumn(NodeView::name).setHeader(speech.text("nodes.name")).setFlexGrow(2);
        grid.addColumn(node -> speech.word("role", node.role()))
                .setHeader(speech.text("nodes.role"))
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(LitRenderer.<NodeView>of(Marks.STATE_TEMPLATE)
                        .withProperty("state", NodesView::shown)
                        .withProperty("icon", node -> Marks.iconName(shown(node)))
                        .withProperty("word", node -> speech.word("node", shown(node)))
                        .withProperty("reason", NodeView::reason))
                .setHeader(speech.text("nodes.state"))
                .setComparator(NodesView::shown)
                .setWidth("8.5rem")
                .setFlexGrow(0);
        grid.addColumn(NodeView::address).setHeader(speech.text("nodes.address"));
        grid.addColumn(NodeView::version)
                .setHeader(speech.text("nodes.version"))
                .setWidth("9rem");
        grid.addColumn(node -> speech.figures().bytes(node.storeBytes()))
                .setHeader(speech.text("nodes.cache"))
                .setComparator(Comparator.comparingLong(NodeView::storeBytes))
                .setTextAlign(ColumnTextAlign.END)
                .setWidth("7.5rem")
                .setFlexGrow(0);
        grid.addColumn(this::lastSeen)
                .setHeader(speech.text("nodes.lastSeen"))
                .setComparator(
                        Comparator.comparing(NodeView::lastSeen, Comparator.nullsFirst(Comparator.naturalOrder())))
                .setWidth("10rem")
                .setFlexGrow(0);
        grid.getColumns().forEach(column -> column.setResizable(true).setSortable(true));
        grid.addColumn(LitRenderer.<NodeView>of(MANAGE_TEMPLATE)
                        .withProperty("label", node -> speech.text("nodes.manage", node.name()))
                        .withFunction("open", node -> new NodeDialog(api, node, live::hurry).open()))
                .setWidth("4rem")
                .setFlexGrow(0);
    }

    /** What a node that is here was told to do counts more than that it is here. */
    private static String shown(NodeView node) {
        return node.state().equals("online") && !node.duty().equals("active") ? node.duty() : node.state();
    }

    private String lastSeen(NodeView node) {
        return node.state().equals("online")
                ? speech.text("nodes.connectedNow")
                : speech.figures().ago(node.lastSeen(), clock.instant());
    }

    private Component noNodes() {
        Div nothing = Marks.nothing(VaadinIcon.SERVER, speech.text("nodes.empty"), speech.text("nodes.empty.text"));
        nothing.add(AddNodeDialog.button(api));
        return nothing;
    }

    private Component noMatch() {
        Div nothing = Marks.nothing(VaadinIcon.SEARCH, speech.text("nodes.noMatch", filter.getValue()), "");
        nothing.add(new Button(speech.text("tasks.clearFilters"), _ -> filter.clear()));
        return nothing;
    }
}
