package io.darter.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import io.darter.operator.Problem;
import org.jspecify.annotations.Nullable;

/** Says what went wrong, what to do next and how old the data on the page is; hidden while all is well. */
final class ProblemBanner extends Div {
    private final Speech speech;
    private final Runnable retry;
    private @Nullable Problem shown;

    ProblemBanner(Speech speech, Runnable retry) {
        this.speech = speech;
        this.retry = retry;
        addClassName("problem");
        getElement().setAttribute("role", "alert");
        setVisible(false);
    }

    void show(Live<?> live) {
        Problem problem = live.problem();
        setVisible(problem != null);
        if (problem != null && !problem.equals(shown)) {
            removeAll();
            add(icon(), words(problem, live), retryButton());
        }
        shown = problem;
    }

    private Div words(Problem problem, Live<?> live) {
        Span title = new Span(
                live.value() == null
                        ? speech.text("problem.noData")
                        : speech.text("problem.stale", speech.time(live.fetchedAt())));
        title.addClassName("problem-title");
        Span code = new Span(speech.text("problem.code", problem.code()));
        code.addClassName("problem-code");
        Span text = new Span(speech.happened(problem) + " " + speech.advice(problem));
        Div words = new Div(title, text, code);
        words.addClassName("problem-words");
        return words;
    }

    private com.vaadin.flow.component.icon.Icon icon() {
        var icon = VaadinIcon.WARNING.create();
        icon.getElement().setAttribute("aria-hidden", "true");
        return icon;
    }

    private Button retryButton() {
        Button button = new Button(speech.text("problem.retry"), _ -> retry.run());
        button.addThemeVariants(ButtonVariant.TERTIARY);
        return button;
    }
}
