package io.darter.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.component.login.LoginI18n;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.auth.AnonymousAllowed;

/** Sign-in. The form is posted to Spring Security; a refused attempt comes back with the parameter {@code error}. */
@Route(value = "login", autoLayout = false)
@AnonymousAllowed
public final class LoginView extends Main implements BeforeEnterObserver, HasDynamicTitle {
    private final Speech speech = Speech.here();
    private final LoginForm form = new LoginForm();

    public LoginView() {
        addClassName("login");
        form.setAction("login");
        form.setForgotPasswordButtonVisible(false);
        form.setI18n(words());
        Image logo = new Image("assets/darter/icon.svg", "");
        H1 name = new H1(speech.text("app.name"));
        Paragraph subtitle = new Paragraph(speech.text("app.subtitle"));
        Div head = new Div(logo, name, subtitle);
        head.addClassName("login-head");
        Paragraph firstTime = new Paragraph(speech.text("login.firstTime"));
        firstTime.addClassName("login-hint");
        Div card = new Div(head, form, firstTime);
        card.addClassName("login-card");
        add(card, new PreferenceMenu());
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        form.setError(event.getLocation().getQueryParameters().getParameters().containsKey("error"));
    }

    @Override
    public String getPageTitle() {
        return speech.text("login.title");
    }

    private LoginI18n words() {
        LoginI18n words = LoginI18n.createDefault();
        LoginI18n.Form labels = words.getForm();
        labels.setTitle("");
        labels.setUsername(speech.text("login.user"));
        labels.setPassword(speech.text("login.password"));
        labels.setSubmit(speech.text("login.submit"));
        LoginI18n.ErrorMessage error = words.getErrorMessage();
        error.setTitle(speech.text("login.errorTitle"));
        error.setMessage(speech.text("login.errorMessage"));
        error.setUsername(speech.text("login.userRequired"));
        error.setPassword(speech.text("login.passwordRequired"));
        return words;
    }
}
