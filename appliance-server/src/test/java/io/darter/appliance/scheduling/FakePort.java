package io.darter.appliance.scheduling;

import io.darter.link.v1.SchedulerMessage;
import java.util.ArrayList;
import java.util.List;

/** A link whose messages a test takes. */
final class FakePort implements AgentPort {
    private final List<SchedulerMessage> sent = new ArrayList<>();
    String refused = "";

    @Override
    public void send(SchedulerMessage message) {
        sent.add(message);
    }

    @Override
    public void refuse(String code, String words) {
        refused = code;
    }

    List<SchedulerMessage> peek() {
        return List.copyOf(sent);
    }

    List<SchedulerMessage> take() {
        List<SchedulerMessage> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }
}
