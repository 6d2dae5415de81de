package io.darter.desktop;

import javafx.application.Application;

/** Starts the program. Apart from {@link DesktopApp}, because JavaFX refuses an Application as main class of a class path. */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] args) {
        Application.launch(DesktopApp.class, args);
    }
}
