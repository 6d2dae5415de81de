package io.darter.desktop;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;

/** The colour scheme of all windows: the system's unless a person chose one. To be used on the FX thread. */
public final class Look {
    /** What a person can choose. */
    public enum Scheme {
        SYSTEM,
        LIGHT,
        DARK
    }

    private final ObjectProperty<Scheme> scheme;

    public Look(Scheme initial) {
        scheme = new SimpleObjectProperty<>(initial);
    }

    /** Applies the scheme, now and whenever choice or system change. */
    public void start() {
        apply();
        scheme.subscribe(this::apply);
        Platform.getPreferences().colorSchemeProperty().subscribe(this::apply);
    }

    public ObjectProperty<Scheme> scheme() {
        return scheme;
    }

    private void apply() {
        boolean dark = switch (scheme.get()) {
            case SYSTEM -> Platform.getPreferences().getColorScheme() == ColorScheme.DARK;
            case LIGHT -> false;
            case DARK -> true;
        };
        Application.setUserAgentStylesheet(
                dark ? new PrimerDark().getUserAgentStylesheet() : new PrimerLight().getUserAgentStylesheet());
    }
}
