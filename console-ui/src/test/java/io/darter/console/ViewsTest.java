package io.darter.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.vaadin.browserless.BrowserlessTest;
import com.vaadin.browserless.ViewPackages;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.RouteConfiguration;
import io.darter.operator.NodeView;
import io.darter.operator.TaskView;
import io.darter.operator.words.Words;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@ViewPackages(packages = "io.darter.console.trial")
class ViewsTest extends BrowserlessTest {
    private final FakeCluster cluster = new FakeCluster();
    private final LiveState live = new LiveState(cluster, Duration.ZERO, InstantSource.fixed(FakeCluster.NOW));

    @BeforeEach
    void routes() {
        var routes = RouteConfiguration.forSessionScope();
        List.of(OverviewView.class, NodesView.class, TasksView.class).forEach(routes::setAnnotatedRoute);
    }

    @Test
    void theOverviewSaysHowThingsStandInOneSentence() {
        cluster.busy();
        OverviewView view = shown(new OverviewView(cluster, live));
        assertTrue(text(view).contains("4 of 6 nodes are online; 2 tasks are running."), text(view));
        assertTrue(text(view).contains("Needs attention"));
    }

    @Test
    void theOverviewIsCompleteInChinese() {
        UI.getCurrent().setLocale(Locale.SIMPLIFIED_CHINESE);
        cluster.busy();
        OverviewView view = shown(new OverviewView(cluster, live));
        assertTrue(text(view).contains("6 个节点中有 4 个在线，2 个任务正在运行。"), text(view));
    }

    @Test
    void anEmptyApplianceAsksForTheFirstNode() {
        OverviewView view = shown(new OverviewView(cluster, live));
        assertTrue(text(view).contains("No node has joined yet."), text(view));
        assertTrue(find(Button.class, view).withText("Add node").exists());
    }

    @Test
    void nodesAreListedByNameAndFiltered() {
        cluster.busy();
        NodesView view = shown(new NodesView(cluster, live));
        Grid<NodeView> grid = grid(view);
        assertEquals(6, test(grid).size());
        assertEquals("seed-1", test(grid).getRow(0).name());
        test(find(TextField.class, view).single()).setValue("WORKER-3");
        assertEquals(1, test(grid).size());
        assertEquals("31 minutes ago", test(grid).getCellText(0, 6));
        assertTrue(text(view).contains("1 of 6 nodes"), text(view));
    }

    @Test
    void aNodeIsCordonedAndRemovedAfterAQuestion() {
        cluster.busy();
        NodeView node = cluster.nodes.get(1);
        AtomicInteger changes = new AtomicInteger();
        NodeDialog dialog = new NodeDialog(cluster, node, changes::incrementAndGet);
        dialog.open();
        test(find(Button.class).withText("Cordon").single()).click();
        assertEquals("cordoned", cluster.node(node.id()).node().duty());
        assertEquals(1, changes.get());
        test(find(Button.class).withText("Remove…").single()).click();
        assertEquals(6, cluster.nodes.size(), "it is asked for first");
        test(find(Button.class).withText("Remove node").single()).click();
        assertEquals(5, cluster.nodes.size());
        assertFalse(dialog.isOpened());
    }

    @Test
    void aFailureIsShownAboveTheOldRowsAndGoesAway() {
        cluster.busy();
        NodesView view = shown(new NodesView(cluster, live));
        cluster.failure = FakeCluster.DATABASE_DOWN;
        refresh();
        assertTrue(text(view).contains("Reading the nodes: the database does not answer."), text(view));
        assertTrue(text(view).contains("Code DATABASE_UNREACHABLE"));
        assertEquals(6, test(grid(view)).size());
        assertTrue(view.hasClassName("old"));
        cluster.failure = null;
        refresh();
        assertFalse(view.hasClassName("old"));
    }

    @Test
    void tasksMoveWithoutLosingTheirRows() {
        cluster.busy();
        TasksView view = shown(new TasksView(live));
        Grid<TaskView> grid = grid(view);
        assertEquals("2 of 5", test(grid).getCellText(0, 3));
        cluster.tasks.set(0, FakeCluster.task("t1", "registry.example/team/model-server:2.4", "image", "done", 1));
        refresh();
        assertEquals(4, test(grid).size());
        assertEquals("5 of 5", test(grid).getCellText(0, 3));
    }

    @Test
    void aTaskShowsEachNodesProgress() {
        cluster.busy();
        TaskPanel panel = shown(new TaskPanel("t1", live, () -> {}));
        assertEquals(5, test(grid(panel)).size());
        assertTrue(text(panel).contains("2 contents, 972 pieces"), text(panel));
        assertTrue(text(panel).contains("2 copies"));
    }

    @Test
    void aTaskThatIsGoneSaysSo() {
        TaskPanel panel = shown(new TaskPanel("nothing", live, () -> {}));
        assertTrue(text(panel).contains("This task is not kept any more"), text(panel));
    }

    @Test
    void theJoinCommandIsCreatedAndShown() {
        openAddNode();
        find(IntegerField.class).single().setValue(20);
        test(find(Button.class).withText("Create join command").single()).click();
        assertTrue(find(Pre.class).single().getText().startsWith("DARTER_JOIN_TOKEN=darter1."));
        assertEquals(20, cluster.created.getFirst().uses());
        assertEquals("node", cluster.created.getFirst().role());
        assertEquals(86_400, cluster.created.getFirst().validSeconds());
    }

    @Test
    void aRefusedJoinTokenIsExplainedInTheDialog() {
        openAddNode();
        cluster.failure = FakeCluster.DATABASE_DOWN;
        test(find(Button.class).withText("Create join command").single()).click();
        Dialog dialog = find(Dialog.class).single();
        assertTrue(text(dialog).contains("the database does not answer"), text(dialog));
        assertFalse(find(Pre.class).exists());
    }

    @Test
    void tooManyUsesAreRefusedBeforeTheCall() {
        openAddNode();
        find(IntegerField.class).single().setValue(20_000);
        test(find(Button.class).withText("Create join command").single()).click();
        assertEquals(List.of(), cluster.created);
        assertTrue(find(IntegerField.class).single().isInvalid());
    }

    @Test
    void signInAsksForUserAndPasswordInTheReadersLanguage() {
        UI.getCurrent().setLocale(Words.CHINESE);
        LoginView view = new LoginView();
        UI.getCurrent().add(view);
        assertEquals("登录 Darter", view.getPageTitle());
    }

    private void openAddNode() {
        NodesView view = shown(new NodesView(cluster, live));
        test(find(Button.class, view).withText("Add node").all().getFirst()).click();
        roundTrip();
    }

    private <T extends Component> T shown(T view) {
        UI.getCurrent().add(view);
        runPendingSignalsTasks();
        roundTrip();
        refresh();
        return view;
    }

    private void refresh() {
        live.poll();
        runPendingSignalsTasks();
        roundTrip();
    }

    @SuppressWarnings("unchecked") // the first grid of the view
    private <T> Grid<T> grid(Component view) {
        return find(Grid.class, view).all().getFirst();
    }

    private static String text(Component component) {
        return component.getElement().getTextRecursively();
    }
}
