package io.darter.console;

import com.vaadin.flow.component.dependency.StyleSheet;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.component.page.Push;
import com.vaadin.flow.server.AppShellSettings;
import com.vaadin.flow.theme.aura.Aura;

/** What belongs to the page around the views. Files under /assets are public, which the sign-in page needs. */
@Push
@StyleSheet(Aura.STYLESHEET)
@StyleSheet("assets/darter/console.css")
public final class AppShell implements AppShellConfigurator {
    @Override
    public void configurePage(AppShellSettings settings) {
        settings.setViewport("width=device-width, initial-scale=1");
        settings.addLink("icon", "assets/darter/icon.svg");
    }
}
