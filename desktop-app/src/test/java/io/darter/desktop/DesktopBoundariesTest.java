package io.darter.desktop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The desktop app is a client like any other. */
class DesktopBoundariesTest {
    private static final JavaClasses DESKTOP = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.desktop");

    @Test
    void theAppIsLookedAtAtAll() {
        assertTrue(DESKTOP.size() > 15, "classes: " + DESKTOP.size());
    }

    @Test
    void itKnowsNothingOfTheInsideOfApplianceAgentOrConsole() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.darter.appliance..",
                        "io.darter.agent..",
                        "io.darter.swarm..",
                        "io.darter.link..",
                        "io.darter.console..",
                        "org.springframework..",
                        "com.vaadin..",
                        "java.sql..")
                .check(DESKTOP);
    }

    @Test
    void modelsKnowNoWindows() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("ViewModel")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("javafx.scene..", "javafx.stage..")
                .check(DESKTOP);
    }
}
