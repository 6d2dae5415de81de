package io.darter.appliance.access;

import com.vaadin.flow.spring.security.VaadinSecurityConfigurer;
import io.darter.operator.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;

/** REST: HTTP Basic, or the console's session. Console: the login page. Both ask {@link PasswordLogin}, once. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    @Bean
    PasswordEncoder passwordEncoder() {
        return new BCryptPasswordEncoder();
    }

    @Bean
    @Order(1)
    SecurityFilterChain rest(HttpSecurity http, ProblemWriter problems) {
        return http.securityMatcher("/api/**", "/healthy")
                .authorizeHttpRequests(requests -> requests.requestMatchers("/healthy")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, "/api/v1/join", "/api/v1/renew")
                        .permitAll()
                        .anyRequest()
                        .hasRole("admin"))
                .httpBasic(basic -> basic.authenticationEntryPoint(
                        (request, response, cause) -> refuse(request, response, cause, problems)))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .requestCache(cache -> cache.disable())
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::needsCsrfToken))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, cause) -> refuse(request, response, cause, problems))
                        .accessDeniedHandler((request, response, cause) -> problems.write(
                                response,
                                new Problem(
                                        "ACCESS_DENIED",
                                        request.getMethod() + " " + request.getRequestURI(),
                                        "this login may not do that",
                                        "Log in as an administrator, or send name and password with the request",
                                        403))))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain console(HttpSecurity http) {
        return http.authorizeHttpRequests(requests ->
                        requests.requestMatchers("/assets/**", "/favicon.ico").permitAll())
                .with(
                        VaadinSecurityConfigurer.vaadin(),
                        vaadin -> vaadin.loginView("/login")
                                .anyRequest(AuthorizeHttpRequestsConfigurer.AuthorizedUrl::authenticated))
                .build();
    }

    /** Only a browser's session can be misused by another site; a request with its own credentials cannot. */
    private static boolean needsCsrfToken(HttpServletRequest request) {
        return !SAFE_METHODS.contains(request.getMethod())
                && request.getHeader("Authorization") == null
                && request.getSession(false) != null;
    }

    private static void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            AuthenticationException cause,
            ProblemWriter problems)
            throws IOException {
        String tried = request.getMethod() + " " + request.getRequestURI();
        if (cause instanceof LockedException) {
            problems.write(
                    response,
                    new Problem(
                            "LOGIN_RATE_LIMITED",
                            tried,
                            "too many wrong passwords from this address",
                            "Wait a minute and try again",
                            429));
            return;
        }
        response.setHeader("WWW-Authenticate", "Basic realm=\"darter\"");
        boolean sent = request.getHeader("Authorization") != null;
        problems.write(
                response,
                new Problem(
                        sent ? "LOGIN_WRONG" : "LOGIN_NEEDED",
                        tried,
                        sent ? "name or password is wrong" : "nobody is logged in",
                        "Send the name and password of a user by HTTP Basic; the first is in initial-admin-password",
                        401));
    }
}
