package io.darter.console.trial;

import static com.vaadin.flow.spring.security.VaadinSecurityConfigurer.vaadin;

import io.darter.console.ConsoleConfiguration;
import io.darter.console.FakeCluster;
import io.darter.console.LoginView;
import io.darter.operator.OperatorApi;
import io.darter.operator.TaskView;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Hosts the console over a made-up cluster (user and password: trial). {@code trial.scene} is busy, empty or broken. It
 * is what a host has to do, in full; the production bundle needs the Vaadin plugin, which only the host has.
 */
@SpringBootApplication
@Import(ConsoleConfiguration.class)
public class TrialApplication {
    public static void main(String[] args) {
        SpringApplication.run(TrialApplication.class, args);
    }

    @Bean
    OperatorApi operatorApi() {
        FakeCluster cluster = new FakeCluster();
        switch (System.getProperty("trial.scene", "busy")) {
            case "empty" -> {}
            case "broken" -> {
                cluster.busy();
                failSoon(cluster);
            }
            default -> {
                cluster.busy();
                advance(cluster);
            }
        }
        return cluster;
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
        return http.with(vaadin(), console -> console.loginView(LoginView.class))
                .build();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(User.withUsername("trial")
                .password("{noop}trial")
                .roles("ADMIN")
                .build());
    }

    private static void advance(FakeCluster cluster) {
        every(500, () -> {
            TaskView task = cluster.tasks.getFirst();
            double share = (double) task.verifiedBytes() / task.wantedBytes();
            double next = share >= 1 ? 0.01 : Math.min(1, share + 0.01);
            cluster.tasks.set(0, FakeCluster.task(task.id(), task.name(), task.kind(), "running", next));
        });
    }

    private static void failSoon(FakeCluster cluster) {
        every(1_000, () -> {
            if (cluster.calls.size() > 8) {
                cluster.failure = FakeCluster.DATABASE_DOWN;
            }
        });
    }

    private static void every(long millis, Runnable action) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(millis);
                    action.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
