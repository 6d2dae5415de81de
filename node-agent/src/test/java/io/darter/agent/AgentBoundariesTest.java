package io.darter.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which packages of the agent may know which libraries, and each other. */
class AgentBoundariesTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.agent");

    @Test
    void theAgentIsLookedAtAtAll() {
        assertTrue(AGENT.size() > 100, "classes: " + AGENT.size());
    }

    @Test
    void onlyWhatMovesBytesKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.darter.agent.http..",
                        "io.darter.agent.peer..",
                        "io.darter.agent.origin..",
                        "io.darter.agent.identity..",
                        "io.darter.agent.schedulerlink..")
                // Puts the parts together: hands the TLS contexts of identity to peer.
                .and()
                .doNotBelongToAnyOf(Membership.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(AGENT);
    }

    @Test
    void onlyTheLinkAndItsIdentityKnowGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.darter.agent.schedulerlink..", "io.darter.agent.identity..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..")
                .check(AGENT);
    }

    @Test
    void onlyTheLinkSpeaksTheWiresMessages() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.darter.agent.schedulerlink..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.darter.link.v1..", "com.google.protobuf..")
                .check(AGENT);
    }

    @Test
    void thereIsNoSpringAndNothingOfTheAppliance() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "io.darter.appliance..",
                        "io.darter.operator..",
                        "io.darter.console..",
                        "java.sql..",
                        "org.redisson..")
                .check(AGENT);
    }

    @Test
    void everythingGoesOverOneHttpAndOneTls() {
        // The installed runtime has no other, since what is loaded of it stays in memory.
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..")
                .check(AGENT);
    }

    @Test
    void theStoreKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.darter.agent.store..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.darter.agent..")
                        .and(resideOutsideOfPackages("io.darter.agent.store..", "io.darter.agent.errors..")))
                .check(AGENT);
    }

    @Test
    void peersKnowNeitherTasksNorTheOriginNorTheScheduler() {
        noClasses()
                .that()
                .resideInAPackage("io.darter.agent.peer..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.darter.agent.task..",
                        "io.darter.agent.origin..",
                        "io.darter.agent.schedulerlink..",
                        "io.darter.agent.mirror..",
                        "io.darter.agent.control..")
                .check(AGENT);
    }

    @Test
    void whatDownloadsKnowsNeitherWhoAsksForItNorTheServer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.darter.agent.task..", "io.darter.agent.origin..", "io.darter.agent.schedulerlink..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.darter.agent.mirror..",
                        "io.darter.agent.control..",
                        "io.darter.agent.cli..",
                        "io.darter.agent.http..")
                .check(AGENT);
    }

    @Test
    void theOriginKnowsNeitherTheStoreNorTheScheduler() {
        noClasses()
                .that()
                .resideInAPackage("io.darter.agent.origin..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.darter.agent.store..", "io.darter.agent.schedulerlink..")
                .check(AGENT);
    }
}
