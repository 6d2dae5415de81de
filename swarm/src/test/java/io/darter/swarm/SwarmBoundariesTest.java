package io.darter.swarm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.darter.swarm.simulation.Simulate;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What keeps this module pure: the same class decides in production and in the simulator, and the same each time. */
class SwarmBoundariesTest {
    private static final JavaClasses SWARM = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.swarm");

    @Test
    void theModuleIsLookedAtAtAll() {
        assertTrue(SWARM.size() > 50, "classes: " + SWARM.size());
    }

    @Test
    void nothingButJavaAndItsAnnotationsIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.darter.swarm..")
                .check(SWARM);
    }

    @Test
    void noFilesNetworkProcessesOrDatabases() {
        noClasses()
                .that()
                .areNotAssignableTo(Simulate.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..", "java.sql..", "javax..")
                .check(SWARM);
    }

    @Test
    void timeAndChanceComeFromOutside() {
        noClasses()
                .that()
                .areNotAssignableTo(Simulate.class)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(System.class, "identityHashCode", Object.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callConstructor(Random.class)
                .check(SWARM);
    }

    @Test
    void decisionsKnowNothingOfDownloadsOrOfTheSimulator() {
        noClasses()
                .that()
                .resideInAPackage("io.darter.swarm.scheduling..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.darter.swarm.download..", "io.darter.swarm.simulation..")
                .check(SWARM);
        noClasses()
                .that()
                .resideInAPackage("io.darter.swarm.download..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.darter.swarm.simulation..")
                .check(SWARM);
    }

    @Test
    void noThreadsAreStarted() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .check(SWARM);
    }
}
