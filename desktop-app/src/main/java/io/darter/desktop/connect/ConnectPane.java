package io.darter.desktop.connect;

import atlantafx.base.theme.Styles;
import io.darter.operator.words.Words;
import javafx.beans.binding.Bindings;
import javafx.beans.property.StringProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.PasswordField;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;

/** The form for one appliance, and in its place the question whether a fingerprint is the right one. */
public final class ConnectPane extends StackPane {
    private static final double WIDTH = 420;

    private final Words words;
    private final ConnectViewModel model;

    public ConnectPane(Words words, ConnectViewModel model) {
        this.words = words;
        this.model = model;
        getStyleClass().add("connect");
        Node form = form();
        Node question = question();
        question.visibleProperty().bind(model.presented.isNotEmpty());
        form.visibleProperty().bind(model.presented.isEmpty());
        getChildren().addAll(form, question);
    }

    private Node form() {
        Label title = new Label(words.text("connect.title"));
        title.getStyleClass().add(Styles.TITLE_2);
        TextField address = new TextField();
        TextField fingerprint = new TextField();
        TextField user = new TextField();
        PasswordField password = new PasswordField();
        address.setPromptText(words.text("connect.address.hint"));
        fingerprint.setPromptText(words.text("connect.fingerprint.hint"));
        Button connect = new Button(words.text("connect.connect"));
        connect.setDefaultButton(true);
        connect.setMaxWidth(Double.MAX_VALUE);
        connect.setOnAction(_ -> model.connect());
        connect.disableProperty().bind(model.busy);
        connect.textProperty()
                .bind(Bindings.when(model.busy)
                        .then(words.text("connect.connecting"))
                        .otherwise(words.text("connect.connect")));
        ProgressIndicator working = new ProgressIndicator();
        working.setMaxSize(18, 18);
        connect.graphicProperty()
                .bind(Bindings.when(model.busy).then((Node) working).otherwise((Node) null));
        VBox form = new VBox(
                12,
                title,
                failure(),
                field("connect.address", address, model.address, model.addressError),
                field("connect.user", user, model.user, model.userError),
                field("connect.password", password, model.password, model.passwordError),
                field("connect.fingerprint", fingerprint, model.fingerprint, model.fingerprintError),
                connect);
        form.setMaxSize(WIDTH, Region.USE_PREF_SIZE);
        return form;
    }

    private Node field(String key, TextField input, StringProperty value, StringProperty error) {
        Label label = new Label(words.text(key));
        label.setLabelFor(input);
        input.setAccessibleText(words.text(key));
        input.textProperty().bindBidirectional(value);
        input.disableProperty().bind(model.busy);
        Label wrong = new Label();
        wrong.getStyleClass().addAll(Styles.DANGER, Styles.TEXT_SMALL);
        wrong.setWrapText(true);
        error.subscribe(problem -> {
            wrong.setText(problem.isEmpty() ? "" : words.text(problem));
            wrong.setVisible(!problem.isEmpty());
            wrong.setManaged(!problem.isEmpty());
            input.pseudoClassStateChanged(Styles.STATE_DANGER, !problem.isEmpty());
        });
        return new VBox(4, label, input, wrong);
    }

    private Node failure() {
        Label text = new Label();
        text.setWrapText(true);
        text.getStyleClass().addAll("banner", "banner-danger");
        text.setMaxWidth(Double.MAX_VALUE);
        model.failure.subscribe(failure -> {
            text.setText(explain(failure));
            text.setVisible(failure != null);
            text.setManaged(failure != null);
        });
        return text;
    }

    private String explain(@Nullable ConnectFailure failure) {
        if (failure == null) {
            return "";
        }
        return switch (failure.kind()) {
            case REFUSED -> words.text("connect.error.refused");
            case UNREACHABLE -> words.text("connect.error.unreachable", model.address.get());
            case UNTRUSTED -> words.text("connect.error.untrusted", model.address.get());
            case OTHER -> words.text("connect.error.other", failure.detail());
        };
    }

    private Node question() {
        Label title = new Label(words.text("connect.trust.title"));
        title.getStyleClass().add(Styles.TITLE_3);
        Label text = new Label();
        text.setWrapText(true);
        Label print = new Label();
        print.setWrapText(true);
        print.getStyleClass().add("fingerprint");
        model.presented.subscribe(presented -> {
            text.setText(words.text("connect.trust.text", model.address.get()));
            print.setText(inGroups(presented));
        });
        Button accept = new Button(words.text("connect.trust.accept"));
        accept.getStyleClass().add(Styles.ACCENT);
        accept.setOnAction(_ -> model.trust());
        Button reject = new Button(words.text("connect.trust.reject"));
        reject.setCancelButton(true);
        reject.setOnAction(_ -> model.reject());
        Region space = new Region();
        HBox.setHgrow(space, Priority.ALWAYS);
        HBox buttons = new HBox(8, space, reject, accept);
        buttons.setAlignment(Pos.CENTER_RIGHT);
        VBox question = new VBox(14, title, text, print, buttons);
        question.setMaxSize(WIDTH + 60, Region.USE_PREF_SIZE);
        return question;
    }

    /** Two lines of eight groups of four digits, which people can compare. */
    static String inGroups(String fingerprint) {
        return fingerprint.replaceAll("(.{32})(?!$)", "$1\n").replaceAll("(\\w{4})(?=\\w)", "$1 ");
    }
}
