package io.darter.bench;

import java.util.List;
import java.util.Optional;

/** What follows the name of a measurement. */
record Options(List<String> words) {
    static Options of(String[] arguments) {
        return new Options(List.of(arguments));
    }

    boolean given(String name) {
        return words.contains(name);
    }

    Optional<String> text(String name) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 == words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
    }

    double number(String name, double otherwise) {
        return text(name).map(Double::parseDouble).orElse(otherwise);
    }
}
