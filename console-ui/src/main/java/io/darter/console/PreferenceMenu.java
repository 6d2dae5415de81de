package io.darter.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.contextmenu.MenuItem;
import com.vaadin.flow.component.contextmenu.SubMenu;
import com.vaadin.flow.component.icon.Icon;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.menubar.MenuBar;
import com.vaadin.flow.component.menubar.MenuBarVariant;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.server.VaadinRequest;
import io.darter.operator.words.Words;
import java.util.List;
import java.util.Locale;

/** Language and appearance; the account too, where somebody is signed in. */
final class PreferenceMenu extends MenuBar {
    private static final List<ColorScheme.Value> SCHEMES =
            List.of(ColorScheme.Value.LIGHT_DARK, ColorScheme.Value.LIGHT, ColorScheme.Value.DARK);

    private final Speech speech = Speech.here();

    PreferenceMenu() {
        addThemeVariants(MenuBarVariant.TERTIARY);
        addClassName("preferences");
        addLanguages();
        addSchemes();
    }

    void addAccount(String user, Runnable signOut) {
        SubMenu menu = top(VaadinIcon.USER, speech.text("account.label") + ": " + user);
        MenuItem name = menu.addItem(user);
        name.setEnabled(false);
        menu.addItem(speech.text("account.signOut"), _ -> signOut.run());
    }

    private void addLanguages() {
        SubMenu menu = top(VaadinIcon.GLOBE, speech.text("language.label"));
        for (Locale language : Words.languages()) {
            String name = speech.text("language." + language.toLanguageTag());
            MenuItem item = menu.addItem(name, _ -> Preferences.choose(UI.getCurrent(), language));
            item.getElement().setAttribute("lang", language.toLanguageTag());
            mark(item, language.equals(speech.words().locale()));
        }
    }

    private void addSchemes() {
        SubMenu menu = top(VaadinIcon.ADJUST, speech.text("scheme.label"));
        VaadinRequest request = VaadinRequest.getCurrent();
        ColorScheme.Value current = request == null ? ColorScheme.Value.LIGHT_DARK : Preferences.scheme(request);
        for (ColorScheme.Value scheme : SCHEMES) {
            MenuItem item = menu.addItem(speech.text("scheme." + Preferences.name(scheme)));
            item.addClickListener(_ -> {
                Preferences.choose(UI.getCurrent(), scheme);
                menu.getItems().forEach(other -> mark(other, other.equals(item)));
            });
            mark(item, scheme == current);
        }
    }

    private SubMenu top(VaadinIcon picture, String label) {
        Icon icon = picture.create();
        MenuItem item = addItem(icon, label);
        item.setAriaLabel(label);
        return item.getSubMenu();
    }

    private static void mark(MenuItem item, boolean chosen) {
        item.setCheckable(true);
        item.setChecked(chosen);
    }
}
