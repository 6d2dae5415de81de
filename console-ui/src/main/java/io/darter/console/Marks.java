package io.darter.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.Icon;
import com.vaadin.flow.component.icon.VaadinIcon;

/** Small pieces that several views show in the same way. State is always icon, word and colour together. */
final class Marks {
    /** Lit template of {@link #state}; needs the properties state, icon and word. */
    static final String STATE_TEMPLATE = "<span class=\"mark mark-${item.state}\" title=\"${item.reason}\">"
            + "<vaadin-icon icon=\"${item.icon}\" aria-hidden=\"true\"></vaadin-icon>${item.word}</span>";

    /** Lit template of a bar with its percentage; needs share (0 to 1), percent and barLabel. */
    static final String BAR_TEMPLATE = "<div class=\"bar\"><vaadin-progress-bar .value=\"${item.share}\""
            + " aria-label=\"${item.barLabel}\"></vaadin-progress-bar><span>${item.percent}</span></div>";

    private Marks() {}

    static Span state(String state, String word) {
        Icon icon = new Icon(iconName(state).substring("vaadin:".length()));
        icon.getElement().setAttribute("aria-hidden", "true");
        Span mark = new Span(icon, new Span(word));
        mark.addClassNames("mark", "mark-" + state);
        return mark;
    }

    static String iconName(String state) {
        return switch (state) {
            case "online", "done" -> "vaadin:check-circle";
            case "offline", "failed" -> "vaadin:exclamation-circle";
            case "attention" -> "vaadin:warning";
            case "cordoned", "draining" -> "vaadin:ban";
            case "drained" -> "vaadin:power-off";
            case "joining" -> "vaadin:hourglass";
            case "running" -> "vaadin:play-circle";
            default -> "vaadin:question-circle";
        };
    }

    /** What a view shows instead of an empty list: what it means and what to do next. */
    static Div nothing(VaadinIcon icon, String title, String text) {
        Icon picture = icon.create();
        picture.getElement().setAttribute("aria-hidden", "true");
        Div nothing = new Div(picture, new H2(title));
        if (!text.isEmpty()) {
            nothing.add(new Paragraph(text));
        }
        nothing.addClassName("nothing");
        return nothing;
    }
}
