package io.darter.console;

import com.vaadin.flow.i18n.I18NProvider;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.spring.annotation.EnableVaadin;
import io.darter.operator.OperatorApi;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Everything a Spring application imports to host the console; it brings an {@link OperatorApi} and the sign-in. */
@Configuration(proxyBeanMethods = false)
@EnableVaadin("io.darter.console")
public class ConsoleConfiguration {
    @Bean
    LiveState liveState(OperatorApi api) {
        return new LiveState(api, Duration.ofSeconds(1), InstantSource.system());
    }

    @Bean
    I18NProvider consoleWords() {
        return new ConsoleWords();
    }

    @Bean
    VaadinServiceInitListener pageSetup() {
        return new PageSetup();
    }
}
