package io.darter.appliance.scheduling;

import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Content;
import io.darter.link.v1.LeaseFailed;
import io.darter.link.v1.OriginBusy;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Want;
import io.darter.swarm.ContentKey;
import java.time.Duration;

/** What agents say. */
final class AgentWords {
    private AgentWords() {}

    static AgentMessage want(Content content, String task, boolean assist) {
        Want.Builder want =
                Want.newBuilder().setContent(content).setLive(!assist).setAssist(assist);
        return AgentMessage.newBuilder().setWant(want.setTask(task)).build();
    }

    static AgentMessage corrupt(ContentKey key, long lease) {
        LeaseFailed.Builder failed = LeaseFailed.newBuilder().setKey(key.value());
        return AgentMessage.newBuilder()
                .setLeaseFailed(failed.setLease(lease).setReason(Reason.CORRUPT))
                .build();
    }

    static AgentMessage refused(ContentKey key, long lease, int status, String detail) {
        LeaseFailed.Builder failed =
                LeaseFailed.newBuilder().setKey(key.value()).setLease(lease).setReason(Reason.ORIGIN_REFUSED);
        return AgentMessage.newBuilder()
                .setLeaseFailed(failed.setOriginStatus(status).setDetail(detail))
                .build();
    }

    static AgentMessage busy(ContentKey key, Duration pause) {
        OriginBusy.Builder busy = OriginBusy.newBuilder().setKey(key.value());
        return AgentMessage.newBuilder()
                .setOriginBusy(busy.setPauseMillis(pause.toMillis()))
                .build();
    }
}
