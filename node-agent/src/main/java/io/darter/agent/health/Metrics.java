package io.darter.agent.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** A small registry of figures in Prometheus' text form, asked for when they are read. Fill it, then share it. */
public final class Metrics {
    private final List<Family> families = new ArrayList<>();

    private record Family(String name, String help, String type, List<Sample> samples) {}

    private record Sample(String labels, LongSupplier value) {}

    /** Only ever grows; its name ends in _total. */
    public Metrics counter(String name, String help, LongSupplier value) {
        return add(name, help, "counter", "", value);
    }

    /** The same with labels, for example {@code source="PEER"}; samples of one name belong together. */
    public Metrics counter(String name, String help, String labels, LongSupplier value) {
        return add(name, help, "counter", "{" + labels + "}", value);
    }

    public Metrics gauge(String name, String help, LongSupplier value) {
        return add(name, help, "gauge", "", value);
    }

    private Metrics add(String name, String help, String type, String labels, LongSupplier value) {
        for (Family family : families) {
            if (family.name().equals(name)) {
                family.samples().add(new Sample(labels, value));
                return this;
            }
        }
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(labels, value));
        families.add(new Family(name, help, type, samples));
        return this;
    }

    /** Prometheus' text exposition format 0.0.4. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Family family : families) {
            text.append("# HELP ")
                    .append(family.name())
                    .append(' ')
                    .append(family.help())
                    .append('\n');
            text.append("# TYPE ")
                    .append(family.name())
                    .append(' ')
                    .append(family.type())
                    .append('\n');
            for (Sample sample : family.samples()) {
                text.append(family.name())
                        .append(sample.labels())
                        .append(' ')
                        .append(sample.value().getAsLong())
                        .append('\n');
            }
        }
        return text.toString();
    }
}
