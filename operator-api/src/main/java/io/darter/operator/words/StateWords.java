package io.darter.operator.words;

import io.darter.operator.Overview;

/** Sentences that say how things stand, from the figures alone, so that they exist in every language. */
public final class StateWords {
    private StateWords() {}

    /** One sentence for the whole: what an operator would tell a colleague. */
    public static String sentence(Words words, Overview overview) {
        if (overview.nodesTotal() == 0) {
            return words.text("state.noNodes");
        }
        Figures figures = new Figures(words);
        String nodes = overview.nodesOnline() == overview.nodesTotal()
                ? words.count("state.allOnline", overview.nodesTotal())
                : words.text(
                        "state.someOnline",
                        figures.number(overview.nodesOnline()),
                        figures.number(overview.nodesTotal()));
        String tasks = overview.tasksRunning() == 0
                ? words.text("state.noTaskRuns")
                : words.count("state.tasksRun", overview.tasksRunning());
        return words.text("state.joined", nodes, tasks);
    }

    /** The word for a state, role or kind as the API names it; the API's own name where this version has no word. */
    public static String word(Words words, String group, String name) {
        String key = group + "." + name;
        return words.has(key) ? words.text(key) : name;
    }
}
