package io.darter.console;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.darter.operator.OperatorApi;
import org.junit.jupiter.api.Test;

/** Views see the cluster through {@link OperatorApi} and through nothing else. */
class ConsoleBoundariesTest {
    private static final JavaClasses CONSOLE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.console");

    @Test
    void theConsoleIsLookedAtAtAll() {
        assertTrue(CONSOLE.size() > 20, "classes: " + CONSOLE.size());
    }

    @Test
    void viewsSeeTheClusterThroughTheOperatorsInterfaceOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.darter.appliance..",
                        "io.darter.agent..",
                        "io.darter.swarm..",
                        "io.darter.link..",
                        "io.darter.desktop..",
                        "java.sql..",
                        "javax.sql..",
                        "java.net.http..",
                        "org.springframework.jdbc..",
                        "org.redisson..",
                        "io.grpc..")
                .check(CONSOLE);
        classes()
                .that()
                .haveSimpleName("LiveState")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(OperatorApi.class)
                .check(CONSOLE);
    }
}
