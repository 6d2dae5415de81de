package io.darter.console;

import com.vaadin.flow.i18n.I18NProvider;
import io.darter.operator.words.Words;
import java.util.List;
import java.util.Locale;

/** Gives Vaadin the words that all surfaces share. */
final class ConsoleWords implements I18NProvider {
    @Override
    public List<Locale> getProvidedLocales() {
        return Words.languages();
    }

    @Override
    public String getTranslation(String key, Locale locale, Object... arguments) {
        return Words.of(locale).text(key, arguments);
    }
}
