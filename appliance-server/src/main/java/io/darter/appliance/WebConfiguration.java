package io.darter.appliance;

import io.darter.appliance.settings.ServerConfig;
import java.net.InetAddress;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beside HTTPS, the same plain on loopback: for this machine's own tools and a reverse proxy. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
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
