package io.darter.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouterLink;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.words.StateWords;
import jakarta.annotation.security.PermitAll;

/** Is it healthy, what does it save, what needs me: answered in five seconds. */
@Route(value = "", layout = MainLayout.class)
@PermitAll
public final class OverviewView extends Main implements MainLayout.ConsoleView {
    private final Speech speech = Speech.here();
    private final ProblemBanner problem;
    private final Span state = new Span();
    private final Paragraph sentence = new Paragraph(speech.text("common.loading"));
    private final FigureCard saved = new FigureCard(speech.text("overview.saved"));
    private final FigureCard peers = new FigureCard(speech.text("overview.peers"));
    private final FigureCard tasks = new FigureCard(speech.text("overview.tasks"));
    private final FigureCard nodes = new FigureCard(speech.text("overview.nodes"));
    private final Span version = new Span();
    private final Div first;

    public OverviewView(OperatorApi api, LiveState live) {
        addClassNames("view", "overview");
        problem = new ProblemBanner(speech, live::hurry);
        first = firstNode(api);
        state.addClassName("overview-mark");
        sentence.addClassName("overview-sentence");
        version.addClassName("overview-version");
        Div head = new Div(state, sentence);
        head.addClassName("overview-head");
        Div cards = new Div(saved, peers, tasks, nodes);
        cards.addClassName("cards");
        tasks.linkTo(TasksView.class);
        nodes.linkTo(NodesView.class);
        add(problem, head, cards, first, version);
        LiveBinding.bind(this, live, new Topic.Whole(), this::show);
    }

    @Override
    public String heading() {
        return speech.text("nav.overview");
    }

    void show(Live<Overview> live) {
        problem.show(live);
        Overview now = live.value();
        setClassName("old", live.stale());
        if (now == null) {
            sentence.setText(live.stale() ? "" : speech.text("common.loading"));
            return;
        }
        boolean well = now.healthy() || now.nodesTotal() == 0;
        state.removeAll();
        state.add(Marks.state(
                well ? "online" : "joining", speech.text(well ? "overview.healthy" : "overview.attention")));
        sentence.setText(StateWords.sentence(speech.words(), now));
        first.setVisible(now.nodesTotal() == 0);
        version.setText(speech.text("overview.version", now.version()));
        showFigures(now);
    }

    private void showFigures(Overview now) {
        var figures = speech.figures();
        saved.show(
                figures.bytes(now.savedBytes()),
                now.deliveredBytes() == 0
                        ? speech.text("overview.saved.none")
                        : speech.text(
                                "overview.saved.note",
                                figures.percent(now.savedBytes(), now.deliveredBytes()),
                                figures.bytes(now.deliveredBytes())));
        long fetched = now.peerBytes() + now.originBytes();
        peers.show(
                fetched == 0 ? "–" : figures.percent(now.peerBytes(), fetched),
                fetched == 0
                        ? speech.text("overview.peers.none")
                        : speech.text(
                                "overview.peers.note",
                                figures.bytes(now.peerBytes()),
                                figures.bytes(now.originBytes())));
        tasks.show(
                figures.number(now.tasksRunning()),
                speech.text("overview.tasks.note", figures.number(now.tasksTotal())));
        nodes.show(figures.number(now.nodesOnline()), nodesNote(now));
    }

    private String nodesNote(Overview now) {
        if (now.nodesTotal() == 0) {
            return speech.text("overview.nodes.none");
        }
        long offline = now.nodesTotal() - now.nodesOnline();
        return offline == 0
                ? speech.text("overview.nodes.all")
                : speech.text("overview.nodes.offline", speech.figures().number(offline));
    }

    private Div firstNode(OperatorApi api) {
        Div nothing = Marks.nothing(
                VaadinIcon.SERVER, speech.text("overview.firstNode"), speech.text("overview.firstNode.text"));
        nothing.add(AddNodeDialog.button(api));
        nothing.setVisible(false);
        return nothing;
    }

    /** A number with its name and what it is measured against. */
    static final class FigureCard extends Div {
        private final Span name;
        private final H2 figure = new H2("–");
        private final Span note = new Span();

        FigureCard(String label) {
            name = new Span(label);
            name.addClassName("card-name");
            note.addClassName("card-note");
            addClassName("card");
            add(name, figure, note);
        }

        void show(String number, String against) {
            figure.setText(number);
            note.setText(against);
        }

        void linkTo(Class<? extends com.vaadin.flow.component.Component> view) {
            RouterLink link = new RouterLink(name.getText(), view);
            link.addClassName("card-link");
            name.removeAll();
            name.add(link);
        }

        String figure() {
            return figure.getText();
        }

        String note() {
            return note.getText();
        }
    }
}
