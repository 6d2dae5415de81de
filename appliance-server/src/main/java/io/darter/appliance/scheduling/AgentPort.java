package io.darter.appliance.scheduling;

import io.darter.link.v1.SchedulerMessage;

/** The sending end of one agent's link. Never blocks; a link whose agent does not read is dropped. */
public interface AgentPort {
    void send(SchedulerMessage message);

    /** Ends the link with words that the agent logs. */
    void refuse(String code, String words);
}
