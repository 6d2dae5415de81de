package io.darter.console;

import com.vaadin.flow.component.html.Span;
import io.darter.operator.Overview;

/** One dot and word: is what this page shows of now? */
final class LinkState extends Span {
    private final Speech speech = Speech.here();
    private final Span word = new Span(speech.text("link.connecting"));

    LinkState(LiveState live) {
        Span dot = new Span();
        dot.addClassName("dot");
        add(dot, word);
        addClassNames("link-state", "link-waiting");
        getElement().setAttribute("role", "status");
        LiveBinding.bind(this, live, new Topic.Whole(), this::show);
    }

    private void show(Live<Overview> live) {
        boolean fresh = !live.stale();
        setClassName("link-waiting", false);
        setClassName("link-live", fresh);
        setClassName("link-stale", !fresh);
        word.setText(fresh ? speech.text("link.live") : since(live));
    }

    private String since(Live<Overview> live) {
        return live.fetchedAt() == null
                ? speech.text("problem.noData")
                : speech.text("link.stale", speech.time(live.fetchedAt()));
    }
}
