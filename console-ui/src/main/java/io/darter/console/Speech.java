package io.darter.console;

import com.vaadin.flow.component.UI;
import io.darter.operator.Problem;
import io.darter.operator.words.Figures;
import io.darter.operator.words.StateWords;
import io.darter.operator.words.Words;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Words and figures in the language of the page that is being built. */
final class Speech {
    private final Words words;
    private final Figures figures;

    private Speech(Words words) {
        this.words = words;
        this.figures = new Figures(words);
    }

    /** To be called where a page is at hand: in a view's constructor or a listener. */
    static Speech here() {
        UI ui = UI.getCurrent();
        return new Speech(Words.of(ui == null ? null : ui.getLocale()));
    }

    String text(String key, Object... arguments) {
        return words.text(key, arguments);
    }

    String count(String key, long number) {
        return words.count(key, number);
    }

    String word(String group, String name) {
        return StateWords.word(words, group, name);
    }

    Words words() {
        return words;
    }

    Figures figures() {
        return figures;
    }

    /** The appliance's own zone: one time for everybody who looks at the same appliance. */
    String time(@Nullable Instant instant) {
        return instant == null ? "–" : figures.time(instant, ZoneId.systemDefault());
    }

    String dateAndTime(@Nullable Instant instant) {
        return instant == null ? "–" : figures.dateAndTime(instant, ZoneId.systemDefault());
    }

    /** What was tried and what happened, in one line. */
    String happened(Problem problem) {
        return bare(problem)
                ? text("problem.unexpected.tried") + ": " + text("problem.unexpected.happened") + "."
                : problem.tried() + ": " + problem.happened() + ".";
    }

    String advice(Problem problem) {
        return bare(problem) ? text("problem.unexpected.advice") : problem.advice();
    }

    private static boolean bare(Problem problem) {
        return problem.tried().isEmpty();
    }
}
