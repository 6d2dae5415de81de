package io.darter.appliance.access;

import com.vaadin.flow.spring.security.VaadinSecurityConfigurer;
import io.darter.operator.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.session.DisableEncodeUrlFilter;

/**
 * Who somebody is. REST: HTTP Basic, an API token or the console's session. Console: the login page. What somebody may is
 * the matter of {@link OperatorGuard}; here only what is public is let through without a login.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    @Bean
    PasswordEncoder passwordEncoder() {
        return new BCryptPasswordEncoder();
    }

    /** What the firewall does not let through: paths, methods and headers that could mean two things. */
    @Bean
    RequestRejectedHandler rejected(ProblemWriter problems) {
        return (request, response, cause) -> problems.write(
                response,
                new Problem(
                        "REQUEST_REJECTED",
                        request.getMethod() + " " + request.getRequestURI(),
                        "its path, method or a header has characters that are not allowed there",
                        "Correct the request",
                        400));
    }

    @Bean
    @Order(1)
    SecurityFilterChain rest(
            HttpSecurity http, ProblemWriter problems, ApiTokens tokens, Users users, InstantSource clock) {
        AuthenticationEntryPoint refuse = (request, response, cause) -> refuse(request, response, cause, problems);
        return http.securityMatcher("/api/**", "/healthy")
                .authorizeHttpRequests(requests -> requests.requestMatchers("/healthy")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, "/api/v1/join", "/api/v1/renew")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .httpBasic(basic -> basic.authenticationEntryPoint(refuse))
                .addFilterBefore(new BodyLimit(problems), DisableEncodeUrlFilter.class)
                .addFilterBefore(new UnreadableRequests(problems), DisableEncodeUrlFilter.class)
                .addFilterBefore(new TokenLogin(tokens, users, clock, refuse), BasicAuthenticationFilter.class)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .requestCache(cache -> cache.disable())
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::needsCsrfToken))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refuse)
                        .accessDeniedHandler((request, response, cause) -> problems.write(
                                response,
                                new Problem(
                                        "ACCESS_DENIED",
                                        request.getMethod() + " " + request.getRequestURI(),
                                        "this login may not do that",
                                        "Send a login with the request, or the session's CSRF token",
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
        if (cause instanceof LoginRefusal refusal) {
            if (refusal.retryAfter().isPositive()) {
                response.setHeader(
                        "Retry-After", String.valueOf(refusal.retryAfter().toSeconds()));
            }
            write(response, refusal.problem(tried), problems);
            return;
        }
        boolean sent = request.getHeader("Authorization") != null;
        Problem problem = new Problem(
                sent ? "LOGIN_WRONG" : "LOGIN_NEEDED",
                tried,
                sent ? "the header Authorization is not understood" : "nobody is logged in",
                "Send the name and password of a user by HTTP Basic, or a token as Bearer; the first password is in"
                        + " initial-admin-password",
                401);
        write(response, problem, problems);
    }

    private static void write(HttpServletResponse response, Problem problem, ProblemWriter problems)
            throws IOException {
        if (problem.status() == 401) {
            response.addHeader("WWW-Authenticate", "Basic realm=\"darter\"");
            response.addHeader("WWW-Authenticate", "Bearer realm=\"darter\"");
        }
        problems.write(response, problem);
    }
}
