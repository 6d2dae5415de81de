package io.darter.agent.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A small registry of figures in Prometheus' text form, asked for when they are read. Fill it, then share it. */
public final class Metrics {
    private final List<Family> families = new ArrayList<>();

    private record Family(String name, String help, String type, List<Sample> samples) {}

    /** @param suffix of the name: _sum and _count of a summary */
    private record Sample(String suffix, String labels, Supplier<? extends Number> value) {}

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

    public Metrics gauge(String name, String help, String labels, LongSupplier value) {
        return add(name, help, "gauge", "{" + labels + "}", value);
    }

    /** How many there were and what they add up to; samples of one name belong together. */
    public Metrics summary(String name, String help, String labels, LongSupplier count, DoubleSupplier sum) {
        add(name, help, "summary", new Sample("_sum", "{" + labels + "}", sum::getAsDouble));
        return add(name, help, "summary", new Sample("_count", "{" + labels + "}", count::getAsLong));
    }

    private Metrics add(String name, String help, String type, String labels, LongSupplier value) {
        return add(name, help, type, new Sample("", labels, value::getAsLong));
    }

    private Metrics add(String name, String help, String type, Sample sample) {
        for (Family family : families) {
            if (family.name().equals(name)) {
                family.samples().add(sample);
                return this;
            }
        }
        List<Sample> samples = new ArrayList<>();
        samples.add(sample);
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
                        .append(sample.suffix())
                        .append(sample.labels())
                        .append(' ')
                        .append(sample.value().get())
                        .append('\n');
            }
        }
        return text.toString();
    }
}
