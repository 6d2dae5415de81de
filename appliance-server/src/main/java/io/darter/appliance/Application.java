package io.darter.appliance;

import io.darter.appliance.access.AdminReset;
import io.darter.appliance.keys.MasterKey;
import io.darter.appliance.settings.ServerConfig;
import io.darter.appliance.settings.ServerConfigLoader;
import io.darter.console.ConsoleConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;

/** darter-server: reads the configuration, starts everything, and names the real clock and random source. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
@Import(ConsoleConfiguration.class)
public class Application {
    private static final Logger log = LoggerFactory.getLogger(Application.class);
    private static final String RESET_ADMIN = "reset-admin";
    private static final Path DEFAULT_CONFIG = Path.of("/etc/darter/server.yaml");

    public static void main(String[] arguments) {
        try {
            boolean reset = arguments.length > 0 && arguments[0].equals(RESET_ADMIN);
            String[] options = reset ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
            ServerConfig config = ServerConfigLoader.load(configFile(options), System.getenv());
            if (reset) {
                System.out.println(resetAdmin(config));
                return;
            }
            if (config.exitWithParent()) {
                ParentWatch.start();
            }
            start(config);
        } catch (RuntimeException e) {
            StartFailure failure = known(e);
            if (failure != null) {
                System.err.println("darter-server: " + failure.getMessage());
                System.exit(failure.exitCode());
            }
            log.atError().setCause(e).log("the appliance could not start");
            System.exit(1);
        }
    }

    /** Returns when every port is open and ports.json is written. */
    public static ConfigurableApplicationContext start(ServerConfig config) {
        DataFolder.prepare(config);
        Ports.check(config);
        SecureRandom random = new SecureRandom();
        MasterKey masterKey = MasterKey.open(config.masterKeyFile(), config.shared(), random);
        DatabaseDoor.await(config);
        ApplicationContextInitializer<GenericApplicationContext> givens = context -> {
            context.registerBean(ServerConfig.class, () -> config);
            context.registerBean(MasterKey.class, () -> masterKey);
            context.registerBean(SecureRandom.class, () -> random);
            context.registerBean(InstantSource.class, InstantSource::system);
            context.registerBean("nanoTime", LongSupplier.class, () -> System::nanoTime);
        };
        SpringApplication application = new SpringApplication(Application.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setDefaultProperties(SpringSettings.of(config));
        application.setAddCommandLineProperties(false);
        application.addInitializers(givens);
        ConfigurableApplicationContext context = application.run();
        Ports.publish(context, config);
        return context;
    }

    /** What to tell the operator. */
    static String resetAdmin(ServerConfig config) {
        return ResetAdmin.run(config, new AdminReset(new SecureRandom(), InstantSource.system()));
    }

    private static @Nullable Path configFile(String[] arguments) {
        if (arguments.length == 0) {
            return Files.exists(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null;
        }
        if (arguments.length == 2 && arguments[0].equals("--config")) {
            return Path.of(arguments[1]);
        }
        throw StartFailure.usage(
                "Starting: the arguments are not understood. Usage: darter-server [reset-admin] [--config FILE] (USAGE)");
    }

    private static @Nullable StartFailure known(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartFailure failure) {
                return failure;
            }
        }
        return KnownFailures.of(thrown);
    }
}
