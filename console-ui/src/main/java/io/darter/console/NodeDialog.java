package io.darter.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.darter.operator.NodeDetail;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import java.util.stream.Collectors;

/** One node: what is known of it, and what an operator can have it do. Removing asks once more. */
final class NodeDialog extends Dialog {
    private final Speech speech = Speech.here();
    private final OperatorApi api;
    private final Runnable changed;
    private final String id;
    private final Div body = new Div();
    private final Div failure = new Div();

    /** @param changed called after each change, so that the list shows it */
    NodeDialog(OperatorApi api, NodeView node, Runnable changed) {
        this.api = api;
        this.changed = changed;
        this.id = node.id();
        setHeaderTitle(node.name());
        setWidth("min(36rem, 94vw)");
        failure.addClassNames("problem", "problem-inline");
        failure.getElement().setAttribute("role", "alert");
        failure.setVisible(false);
        body.addClassName("join-form");
        add(body, failure);
        show(node);
    }

    private void show(NodeView node) {
        body.removeAll();
        DescriptionList facts = new DescriptionList();
        facts.addClassName("facts");
        fact(facts, "nodes.state", speech.word("node", node.state()));
        fact(facts, "nodes.duty", speech.word("node", node.duty()));
        fact(facts, "nodes.role", speech.word("role", node.role()));
        fact(facts, "nodes.address", node.address());
        fact(facts, "nodes.zone", node.zone());
        fact(facts, "nodes.rack", node.rack());
        fact(facts, "nodes.version", node.version());
        fact(
                facts,
                "nodes.labels",
                node.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(", ")));
        body.add(facts, new Paragraph(speech.text("nodes.duty.text")));
        getFooter().removeAll();
        Button remove = new Button(speech.text("nodes.remove"), _ -> confirm(node));
        remove.addThemeVariants(ButtonVariant.ERROR);
        getFooter().add(remove);
        if (!node.duty().equals("active")) {
            getFooter().add(button("nodes.uncordon", () -> api.uncordonNode(id)));
        }
        if (node.duty().equals("active")) {
            getFooter().add(button("nodes.cordon", () -> api.cordonNode(id)));
        }
        if (node.duty().equals("active") || node.duty().equals("cordoned")) {
            getFooter().add(button("nodes.drain", () -> api.drainNode(id)));
        }
        getFooter().add(new Button(speech.text("nodes.close"), _ -> close()));
    }

    private void confirm(NodeView node) {
        body.removeAll();
        body.add(new Paragraph(speech.text("nodes.remove.text", node.name())));
        getFooter().removeAll();
        Button sure = new Button(speech.text("nodes.remove.sure"), _ -> {
            if (tried(() -> api.removeNode(id))) {
                changed.run();
                close();
            }
        });
        sure.addThemeVariants(ButtonVariant.PRIMARY, ButtonVariant.ERROR);
        Button keep = new Button(speech.text("nodes.remove.keep"), _ -> show(node));
        keep.setAutofocus(true);
        getFooter().add(keep, sure);
    }

    private interface Change {
        NodeDetail make();
    }

    private Button button(String key, Change change) {
        return new Button(
                speech.text(key),
                _ -> tried(() -> {
                    show(change.make().node());
                    changed.run();
                }));
    }

    /** False if it was refused, which is shown. */
    private boolean tried(Runnable change) {
        failure.setVisible(false);
        try {
            change.run();
            return true;
        } catch (OperatorException e) {
            failure.removeAll();
            failure.add(new Span(speech.happened(e.problem()) + " " + speech.advice(e.problem())));
            Span code = new Span(speech.text("problem.code", e.problem().code()));
            code.addClassName("problem-code");
            failure.add(code);
            failure.setVisible(true);
            return false;
        }
    }

    private void fact(DescriptionList facts, String key, String value) {
        if (!value.isEmpty()) {
            facts.add(new Div(new DescriptionList.Term(speech.text(key)), new DescriptionList.Description(value)));
        }
    }
}
