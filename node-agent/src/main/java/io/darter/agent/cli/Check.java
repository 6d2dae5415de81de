package io.darter.agent.cli;

import io.darter.agent.control.AgentFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that {@code darter doctor} looked at.
 *
 * @param result {@code ok}, {@code warn} or {@code fail}
 * @param advice what to do; empty if all is well
 */
record Check(String check, String result, String found, String advice) {
    static final String FAIL = "fail";

    private static final long SKEW_WARN_MILLIS = 5_000;
    private static final long SKEW_FAIL_MILLIS = 60_000;
    private static final long DAY_MILLIS = 86_400_000;
    /** Renewal is tried daily from the first day on: less means that it has failed for days. */
    private static final long CERTIFICATE_WARN_DAYS = 3;

    private static final long FREE_FAIL_BYTES = 256L << 20;

    static Check ok(String check, String found) {
        return new Check(check, "ok", found, "");
    }

    static Check warn(String check, String found, String advice) {
        return new Check(check, "warn", found, advice);
    }

    static Check fail(String check, String found, String advice) {
        return new Check(check, FAIL, found, advice);
    }

    /** What the agent says of itself, judged. */
    static List<Check> judge(AgentFacts facts) {
        List<Check> checks = new ArrayList<>();
        if (!facts.joined()) {
            checks.add(warn(
                    "cluster",
                    "this node has not joined a cluster: everything comes from its origin",
                    "Set joinToken or joinTokenFile and start the agent again."));
        } else {
            checks.add(link(facts));
            checks.add(clock(facts.clockSkewMillis()));
            checks.add(certificate(facts.certificateMillisLeft()));
            checks.add(selfCheck(facts.selfCheck()));
        }
        checks.add(disk(facts));
        return checks;
    }

    private static Check link(AgentFacts facts) {
        return facts.linked()
                ? ok("appliance", "linked to one of " + facts.appliances())
                : fail(
                        "appliance",
                        "not linked to any of " + facts.appliances(),
                        "Check that the appliance runs and that this node reaches its port 8444; see the agent's log.");
    }

    private static Check clock(long skewMillis) {
        String found = "this machine's clock is " + skewMillis / 1000.0 + " s off the appliance's";
        long skew = Math.abs(skewMillis);
        if (skew < SKEW_WARN_MILLIS) {
            return ok("clock", found);
        }
        String advice = "Set the clock by NTP, here or on the appliance.";
        return skew < SKEW_FAIL_MILLIS ? warn("clock", found, advice) : fail("clock", found, advice);
    }

    private static Check certificate(long millisLeft) {
        long days = millisLeft / DAY_MILLIS;
        if (millisLeft <= 0) {
            return fail("certificate", "this node's certificate has expired", "Join again with a new token.");
        }
        String found = "this node's certificate is good for " + days + " days";
        return days >= CERTIFICATE_WARN_DAYS
                ? ok("certificate", found)
                : warn("certificate", found, "It is renewed daily: see the agent's log for why it was not.");
    }

    private static Check selfCheck(String outcome) {
        return outcome.equals("failed")
                ? fail("self-check", "a transfer from this node to itself failed", "See the agent's log.")
                : ok("self-check", outcome);
    }

    private static Check disk(AgentFacts facts) {
        String found = Sizes.text(facts.storeBytes()) + " of " + Sizes.text(facts.quotaBytes()) + " used, "
                + Sizes.text(facts.diskFreeBytes()) + " free on the disk";
        long wanted = facts.quotaBytes() - facts.storeBytes();
        if (facts.diskFreeBytes() < FREE_FAIL_BYTES) {
            return fail("disk", found, "Make room under the agent's dataDir.");
        }
        return facts.diskFreeBytes() < wanted
                ? warn("disk", found, "The disk cannot hold the whole quota: make room, or set a smaller quota.")
                : ok("disk", found);
    }
}
