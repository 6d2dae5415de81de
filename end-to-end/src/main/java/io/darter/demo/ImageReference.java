package io.darter.demo;

import java.util.regex.Pattern;

/**
 * An image's address.
 *
 * @param registry host and maybe port, for example {@code 127.0.0.1:5000}
 * @param reference tag, or digest with its {@code sha256:}
 */
record ImageReference(String registry, String repository, String reference) {
    private static final Pattern TEXT =
            Pattern.compile("(?<registry>[A-Za-z0-9.-]+(?::\\d{1,5})?|\\[[0-9a-fA-F:]+](?::\\d{1,5})?)/"
                    + "(?<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
                    + "(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?");

    static ImageReference parse(String text) throws DemoFailure {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw DemoArguments.usage(
                    "'" + text + "' is neither a URL (http://...) nor an image (registry/repository:tag)");
        }
        var digest = match.group("digest");
        var tag = match.group("tag");
        return new ImageReference(
                match.group("registry"),
                match.group("repository"),
                digest != null ? digest : tag != null ? tag : "latest");
    }

    @Override
    public String toString() {
        return registry + "/" + repository + (reference.startsWith("sha256:") ? "@" : ":") + reference;
    }
}
