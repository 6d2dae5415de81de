package io.darter.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.NewJoinToken;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Creates a join token and shows, once, the command that uses it. */
final class AddNodeDialog extends Dialog {
    private static final int USES_MAX = 10_000;
    private static final Map<Duration, String> VALIDITIES = Map.of(
            Duration.ofHours(1), "join.valid.hour",
            Duration.ofDays(1), "join.valid.day",
            Duration.ofDays(7), "join.valid.week");

    private final Speech speech = Speech.here();
    private final OperatorApi api;
    private final RadioButtonGroup<String> role = new RadioButtonGroup<>();
    private final IntegerField uses = new IntegerField();
    private final Select<Duration> validity = new Select<>();
    private final Div failure = new Div();
    private final Button create;

    AddNodeDialog(OperatorApi api) {
        this.api = api;
        setHeaderTitle(speech.text("join.title"));
        setWidth("min(40rem, 94vw)");
        fields();
        failure.addClassNames("problem", "problem-inline");
        failure.getElement().setAttribute("role", "alert");
        failure.setVisible(false);
        Div form = new Div(new Paragraph(speech.text("join.text")), role, row(uses, validity), failure);
        form.addClassName("join-form");
        add(form);
        create = new Button(speech.text("join.create"), _ -> create());
        create.addThemeVariants(ButtonVariant.PRIMARY);
        create.setDisableOnClick(true);
        getFooter().add(new Button(speech.text("join.cancel"), _ -> close()), create);
    }

    /** The button that opens it, the same in every view. */
    static Button button(OperatorApi api) {
        Button button = new Button(
                Speech.here().text("nodes.add"), VaadinIcon.PLUS.create(), _ -> new AddNodeDialog(api).open());
        button.addThemeVariants(ButtonVariant.PRIMARY);
        return button;
    }

    private void fields() {
        role.setLabel(speech.text("join.role"));
        role.addThemeName("vertical");
        role.setItems("node", "seed");
        role.setItemLabelGenerator(item -> speech.text("join.role." + item));
        role.setValue("node");
        uses.setLabel(speech.text("join.uses"));
        uses.setMin(1);
        uses.setMax(USES_MAX);
        uses.setStepButtonsVisible(true);
        uses.setValue(1);
        uses.setI18n(new IntegerField.IntegerFieldI18n()
                .setBadInputErrorMessage(speech.text("join.uses.invalid"))
                .setMinErrorMessage(speech.text("join.uses.invalid"))
                .setMaxErrorMessage(speech.text("join.uses.invalid")));
        validity.setLabel(speech.text("join.valid"));
        validity.setItems(VALIDITIES.keySet().stream().sorted().toList());
        validity.setItemLabelGenerator(item -> speech.text(VALIDITIES.getOrDefault(item, "")));
        validity.setValue(Duration.ofDays(1));
    }

    private void create() {
        create.setEnabled(true);
        Integer machines = uses.getValue();
        if (machines == null || machines < 1 || machines > USES_MAX) {
            uses.setInvalid(true);
            uses.setErrorMessage(speech.text("join.uses.invalid"));
            uses.focus();
            return;
        }
        try {
            showCommand(api.createJoinToken(new NewJoinToken(
                    "", role.getValue(), machines, validity.getValue().toSeconds())));
        } catch (OperatorException e) {
            failure.removeAll();
            failure.add(new Span(speech.happened(e.problem()) + " " + speech.advice(e.problem())));
            Span code = new Span(speech.text("problem.code", e.problem().code()));
            code.addClassName("problem-code");
            failure.add(code);
            failure.setVisible(true);
        }
    }

    private void showCommand(JoinTokenCreated token) {
        removeAll();
        getFooter().removeAll();
        Pre command = new Pre(token.command());
        command.addClassName("join-command");
        command.getElement().setAttribute("tabindex", "0").setAttribute("aria-label", speech.text("join.command"));
        String until =
                speech.text("join.expires", speech.dateAndTime(token.view().expiresAt()));
        Span limits = new Span(
                until + " " + speech.count("join.usesLeft", token.view().usesLeft()));
        limits.addClassName("join-limits");
        Span copied = new Span();
        copied.addClassName("join-copied");
        copied.getElement().setAttribute("role", "status");
        Div result = new Div(new Paragraph(speech.text("join.once")), command, limits, copied);
        result.addClassName("join-form");
        add(result);
        Button done = new Button(speech.text("join.done"), _ -> close());
        getFooter().add(done, copyButton(token.command(), copied));
    }

    /** Copies in the browser's own click, because browsers allow it only there. */
    private Button copyButton(String command, Span outcome) {
        Button copy = new Button(speech.text("join.copy"), VaadinIcon.COPY.create());
        copy.addThemeVariants(ButtonVariant.PRIMARY);
        copy.setAutofocus(true);
        copy.addAttachListener(_ -> copy.getElement().executeJs(COPY, command));
        List<String> outcomes = List.of("copied", "copyFailed");
        outcomes.forEach(name -> copy.getElement()
                .addEventListener(
                        name.toLowerCase(java.util.Locale.ROOT), _ -> outcome.setText(speech.text("join." + name))));
        return copy;
    }

    private static final String COPY = """
            const text = $0;
            this.addEventListener('click', async () => {
              let ok = true;
              try {
                await navigator.clipboard.writeText(text);
              } catch (refused) {
                const area = document.createElement('textarea');
                area.value = text;
                area.style.position = 'fixed';
                area.style.opacity = '0';
                (this.closest('vaadin-dialog') || document.body).appendChild(area);
                area.select();
                ok = document.execCommand('copy');
                area.remove();
              }
              this.dispatchEvent(new CustomEvent(ok ? 'copied' : 'copyfailed'));
            });
            """;

    private static Div row(com.vaadin.flow.component.Component... fields) {
        Div row = new Div(fields);
        row.addClassName("join-row");
        return row;
    }
}
