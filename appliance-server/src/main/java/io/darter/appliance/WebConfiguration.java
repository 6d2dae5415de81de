package io.darter.appliance;

import io.darter.appliance.settings.ServerConfig;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.net.InetAddress;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** What the web server is beyond the framework's defaults. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
    /** A text is a text: the number 1e99 is no password. */
    @Bean
    JsonMapperBuilderCustomizer textsAreTexts() {
        return builder -> builder.withCoercionConfig(
                LogicalType.Textual,
                texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }

    /** What the server refused by itself, with parameters that cannot be decoded, has no page: making one reads them again. */
    @Bean
    FilterRegistrationBean<Filter> refusedWithBrokenParameters() {
        FilterRegistrationBean<Filter> first = new FilterRegistrationBean<>((request, response, chain) -> {
            try {
                request.getParameterMap();
            } catch (InvalidParameterException e) {
                return;
            }
            chain.doFilter(request, response);
        });
        first.setDispatcherTypes(DispatcherType.ERROR);
        first.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return first;
    }

    /** Beside HTTPS, the same plain on loopback: for this machine's own tools and a reverse proxy. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> loopbackHttp(ServerConfig config) {
        return factory -> {
            Connector connector = new Connector(TomcatServletWebServerFactory.DEFAULT_PROTOCOL);
            connector.setPort(config.httpPort());
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                protocol.setAddress(InetAddress.ofLiteral("127.0.0.1"));
            }
            factory.addAdditionalConnectors(connector);
        };
    }
}
