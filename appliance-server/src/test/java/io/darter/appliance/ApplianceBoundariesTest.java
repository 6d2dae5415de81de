package io.darter.appliance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Redis, SQL and gRPC stay in the adapters; what decides knows none of them. */
class ApplianceBoundariesTest {
    private static final JavaClasses APPLIANCE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.darter.appliance");

    @Test
    void theApplianceIsLookedAtAtAll() {
        assertTrue(APPLIANCE.size() > 60, "classes: " + APPLIANCE.size());
    }

    @Test
    void onlyCoordinationKnowsRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.darter.appliance.coordination..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.redisson..", "redis..")
                .check(APPLIANCE);
    }

    /** Each by its name: a repository in a new package is a decision, not an accident. */
    @Test
    void onlyRepositoriesKnowSql() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.darter.appliance.access.Users")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.access.ApiTokens")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.audit.AuditLog")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.cluster.Clusters")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.join.Certificates")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.join.JoinTokens")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.keys.SecretStore")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.node.NodeDirectory")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.node.NodeWishes")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.purge.Tombstones")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.task.TaskStore")
                // Waits for the database at the start; turns the driver's errors into words.
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.DatabaseDoor")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.KnownFailures")
                // A command of its own, beside the appliance that it helps: nothing of it is there to use.
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.ResetAdmin")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.access.AdminReset")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.flywaydb..")
                .check(APPLIANCE);
    }

    @Test
    void onlyTheLinkKnowsGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.darter.appliance.link..")
                // The key manager that takes a renewed certificate without a restart.
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.join.ApplianceTls")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..")
                .check(APPLIANCE);
    }

    @Test
    void onlyTheLinkKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.darter.appliance.link..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(APPLIANCE);
    }

    @Test
    void whatDecidesKnowsNeitherRedisNorSqlNorGrpcNorTheWeb() {
        noClasses()
                .that()
                .resideInAnyPackage("io.darter.appliance.scheduling..", "io.darter.appliance.meta..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.redisson..",
                        "java.sql..",
                        "javax.sql..",
                        "org.springframework.jdbc..",
                        "org.springframework.dao..",
                        "org.springframework.web..",
                        "io.grpc..",
                        "io.netty..",
                        "io.darter.appliance.link..")
                .check(APPLIANCE);
    }

    @Test
    void theApplianceKnowsNothingOfTheAgentsInside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.darter.agent..", "io.darter.desktop..")
                .check(APPLIANCE);
    }

    /** So that nobody gets around the guard. */
    @Test
    void onlyWhereItIsGuardedIsTheOperatorsInterfaceMade() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.darter.appliance.operator.OperatorConfiguration")
                .and()
                .doNotHaveFullyQualifiedName("io.darter.appliance.operator.OperatorService")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.darter.appliance.operator.OperatorService")
                .check(APPLIANCE);
    }

    @Test
    void onlyTheApplicationsOwnPackageKnowsTheConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.darter.appliance", "io.darter.appliance.access..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.darter.console..", "com.vaadin..")
                .check(APPLIANCE);
    }
}
