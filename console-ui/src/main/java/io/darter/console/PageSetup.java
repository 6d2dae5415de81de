package io.darter.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.communication.IndexHtmlResponse;
import io.darter.operator.words.Words;
import java.util.Locale;
import org.jsoup.nodes.Element;

/** Applies language and colour scheme before the first paint, and words for a lost connection. */
final class PageSetup implements VaadinServiceInitListener {
    @Override
    public void serviceInit(ServiceInitEvent event) {
        event.addIndexHtmlRequestListener(PageSetup::dress);
        event.getSource().addUIInitListener(init -> {
            UI ui = init.getUI();
            var request = com.vaadin.flow.server.VaadinRequest.getCurrent();
            if (request != null) {
                ui.setLocale(Preferences.language(request));
            }
            var lost = ui.getReconnectDialogConfiguration();
            lost.setDialogText(Words.of(ui.getLocale()).text("link.lost"));
        });
    }

    private static void dress(IndexHtmlResponse response) {
        Element html = response.getDocument().selectFirst("html");
        if (html == null) {
            return;
        }
        Locale language = Preferences.language(response.getVaadinRequest());
        html.attr("lang", language.toLanguageTag());
        ColorScheme.Value scheme = Preferences.scheme(response.getVaadinRequest());
        html.attr("style", "color-scheme: " + scheme.getValue());
        html.attr("theme", scheme.getThemeValue());
    }
}
