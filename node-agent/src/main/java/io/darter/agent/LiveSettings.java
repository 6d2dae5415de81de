package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.config.Limits;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.RateLimit;
import io.darter.agent.origin.Registries;
import java.time.Instant;
import java.util.List;

/** What of the configuration changes while the agent runs: by the clock, and when a person has it read again. */
final class LiveSettings {
    private final Source source;
    private final RateLimit upload;
    private final RateLimit download;
    private final Registries registries;
    private AgentConfig config;

    /** Where the configuration is read. */
    interface Source {
        AgentConfig load() throws DarterException;
    }

    LiveSettings(AgentConfig config, Source source, RateLimit upload, RateLimit download, Registries registries) {
        this.config = config;
        this.source = source;
        this.upload = upload;
        this.download = download;
        this.registries = registries;
    }

    /** The rates of this time of day. */
    synchronized void apply(Instant now) {
        Limits.Rates rates = config.limits().at(now);
        upload.set(rates.uploadBytesPerSecond());
        download.set(rates.downloadBytesPerSecond());
    }

    /**
     * Reads the configuration again and takes it up, or refuses it as a whole.
     *
     * @return in words, what applies now
     */
    synchronized String reload(Instant now) throws DarterException {
        AgentConfig fresh = source.load();
        List<String> fixed = config.fixedDifferences(fresh);
        if (!fixed.isEmpty()) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading the configuration again",
                    "a running agent cannot change " + String.join(", ", fixed) + "; nothing has been changed",
                    "Restart the agent, or put the old " + (fixed.size() == 1 ? "value" : "values") + " back.");
        }
        config = fresh;
        registries.replace(fresh.registries());
        Logs.level(fresh.log().level());
        apply(now);
        return "limits, registries and log level are those of the configuration now";
    }
}
