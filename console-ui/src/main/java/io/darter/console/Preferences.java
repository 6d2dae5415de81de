package io.darter.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.server.VaadinRequest;
import com.vaadin.flow.server.VaadinSession;
import io.darter.operator.words.Words;
import jakarta.servlet.http.Cookie;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A person's language and colour scheme, remembered by their browser for a year. */
final class Preferences {
    private static final String LANGUAGE = "darter-language";
    private static final String SCHEME = "darter-scheme";

    private Preferences() {}

    /** The chosen language, else the browser's if there are words in it, else English. */
    static Locale language(VaadinRequest request) {
        String chosen = cookie(request, LANGUAGE);
        Locale wanted = chosen == null ? request.getLocale() : Locale.forLanguageTag(chosen);
        return Words.of(wanted).locale();
    }

    static ColorScheme.Value scheme(VaadinRequest request) {
        return switch (cookie(request, SCHEME)) {
            case "light" -> ColorScheme.Value.LIGHT;
            case "dark" -> ColorScheme.Value.DARK;
            case null, default -> ColorScheme.Value.LIGHT_DARK;
        };
    }

    /** Texts are set when a view is built, so the page is loaded again in the new language. */
    static void choose(UI ui, Locale language) {
        remember(ui, LANGUAGE, language.toLanguageTag());
        VaadinSession.getCurrent().setLocale(language);
        ui.getPage().reload();
    }

    static void choose(UI ui, ColorScheme.Value scheme) {
        remember(ui, SCHEME, name(scheme));
        ui.getPage().setColorScheme(scheme);
    }

    static String name(ColorScheme.Value scheme) {
        return switch (scheme) {
            case LIGHT -> "light";
            case DARK -> "dark";
            case LIGHT_DARK, DARK_LIGHT, NORMAL, SYSTEM -> "system";
        };
    }

    private static void remember(UI ui, String name, String value) {
        ui.getPage()
                .executeJs(
                        "document.cookie = $0 + '=' + $1 + ';path=/;max-age=31536000;samesite=lax'"
                                + " + (location.protocol === 'https:' ? ';secure' : '')",
                        name,
                        value);
    }

    private static @Nullable String cookie(VaadinRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(name)) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }
}
