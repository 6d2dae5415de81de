package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Where the log goes: standard error, or a file that is put aside at a size, with a bounded number of old ones. */
final class Logs {
    /** Held here: a logger that nobody holds loses its level. */
    private static final Logger ROOT = Logger.getLogger("");

    private static final Logger OURS = Logger.getLogger("io.darter");

    private Logs() {}

    static void set(AgentConfig.Log log) throws DarterException {
        level(log.level());
        if (log.file().isEmpty()) {
            return;
        }
        String file = log.file().get().toString();
        try {
            // %g: 0 is the present one; percent signs of the path itself are doubled.
            FileHandler handler = new FileHandler(file.replace("%", "%%") + ".%g", log.fileBytes(), log.files(), true);
            handler.setFormatter(new SimpleFormatter());
            handler.setLevel(Level.ALL);
            for (Handler before : ROOT.getHandlers()) {
                ROOT.removeHandler(before);
            }
            ROOT.addHandler(handler);
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Writing the log to " + file + " (setting \"logFile\")",
                    String.valueOf(e.getMessage()),
                    "Name a file in a folder that the agent may write to, or leave logFile empty.",
                    e);
        }
    }

    /** @param name {@code debug}, {@code info} or {@code warning}; libraries stay at info */
    static void level(String name) {
        Level level = switch (name) {
            case "debug" -> Level.FINE;
            case "warning" -> Level.WARNING;
            default -> Level.INFO;
        };
        ROOT.setLevel(level.intValue() < Level.INFO.intValue() ? Level.INFO : level);
        OURS.setLevel(level);
        for (Handler handler : ROOT.getHandlers()) {
            handler.setLevel(Level.ALL);
        }
    }
}
