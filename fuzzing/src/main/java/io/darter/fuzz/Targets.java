package io.darter.fuzz;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The decoders of one module; found as a service among its tests' classes. */
public interface Targets {
    List<Target> all();

    /** Of everything on the class path. */
    static List<Target> found() {
        return ServiceLoader.load(Targets.class).stream()
                .map(ServiceLoader.Provider::get)
                .flatMap(targets -> targets.all().stream())
                .toList();
    }

    static Target named(String name) {
        Stream<Target> matching =
                found().stream().filter(target -> target.name().equals(name));
        return matching.findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no target " + name + " here"));
    }
}
