package io.darter.swarm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.darter.swarm.simulation.Simulate;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class BoundariesTest {
    private final JavaClasses swarm = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.swarm");

    @Test
    void swarmKnowsNothingButJava() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.darter.swarm..", "java..", "org.jspecify..")
                .check(swarm);
    }

    @Test
    void swarmDoesNoInputOrOutput() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Simulate.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..")
                .check(swarm);
    }

    @Test
    void swarmHasNoClockAndNoChanceOfItsOwn() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Simulate.class)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .orShould()
                .callMethod(Math.class, "random")
                .check(swarm);
    }

    @Test
    void theSchedulerDoesNotKnowTheSimulator() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..simulation..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..simulation..")
                .check(swarm);
    }
}
