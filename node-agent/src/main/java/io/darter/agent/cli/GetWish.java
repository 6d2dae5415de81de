package io.darter.agent.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody wants by {@code darter get}.
 *
 * @param file replaced only when all of the content is there
 * @param digest {@code sha256:<hex>} of the whole, or empty
 * @param tag keeps contents of one URL apart; empty for none
 * @param range {@code FIRST-LAST}, counted from 0, both included; empty for the whole
 * @param timeout of the whole; zero: as long as it takes
 * @param noClobber an existing file stays
 * @param link the file may be the store's own under another name
 * @param verbose lines of progress also where there is no terminal
 * @param socket the agent's
 */
record GetWish(
        String url,
        Path file,
        String digest,
        String tag,
        String range,
        Duration timeout,
        boolean noClobber,
        boolean link,
        boolean verbose,
        boolean json,
        Path socket) {
    static final Path SOCKET = Path.of("/run/darter/agent.sock");

    /** Only what everybody gives. */
    static GetWish of(String url, Path file, String digest, Path socket) {
        return new GetWish(url, file, digest, "", "", Duration.ZERO, false, false, false, false, socket);
    }

    /**
     * The plain form {@code get URL -o FILE [--digest D] [--socket S]}, read without the command line library, whose start
     * takes longer than a small download. Empty for everything else, wrong usage included: that is the library's.
     */
    static Optional<GetWish> plain(String[] arguments, Map<String, String> environment) {
        if (arguments.length < 4
                || arguments.length % 2 != 0
                || !arguments[0].equals("get")
                || isOption(arguments[1])) {
            return Optional.empty();
        }
        String file = "";
        String digest = "";
        String socket = environment.getOrDefault("DARTER_SOCKET", SOCKET.toString());
        for (int i = 2; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "-o", "--output" -> file = value;
                case "--digest" -> digest = value;
                case "--socket" -> socket = value;
                default -> {
                    return Optional.empty();
                }
            }
            if (value.isEmpty() || isOption(value)) {
                return Optional.empty();
            }
        }
        return file.isEmpty()
                ? Optional.empty()
                : Optional.of(GetWish.of(arguments[1], Path.of(file), digest, Path.of(socket)));
    }

    private static boolean isOption(String word) {
        return word.startsWith("-");
    }

    /** The same from its start, whatever is there of it. */
    boolean resumable() {
        return range.isEmpty();
    }
}
