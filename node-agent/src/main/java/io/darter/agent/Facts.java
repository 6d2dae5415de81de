package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.control.AgentFacts;
import io.darter.agent.schedulerlink.SchedulerLink;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;

/** What a doctor asks of this agent. */
record Facts(
        String version,
        AgentConfig config,
        Membership membership,
        PeerPlace place,
        Figures figures,
        InstantSource clock) {
    AgentFacts of(SchedulerLink link) {
        return new AgentFacts(
                version,
                membership.joined(),
                link.linked(),
                String.join(", ", membership.agentLinks()),
                link.linked() ? clock.millis() - link.applianceClock().millis() : 0,
                membership.certificateMillisLeft(),
                figures.selfCheck(),
                figures.counters().storeBytes(),
                config.quotaBytes(membership.seed()),
                free(),
                at(config.mirror().bind(), config.mirror().port()),
                at(config.health().bind(), config.health().port()),
                membership.joined() ? at(place.host(), place.port()) : "");
    }

    long free() {
        try {
            return Files.getFileStore(config.dataDir()).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String at(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
