package io.darter.appliance.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.web.filter.OncePerRequestFilter;

/** {@code Authorization: Bearer darter_…}: the login of one request, never of a session. */
final class TokenLogin extends OncePerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final ApiTokens tokens;
    private final Users users;
    private final InstantSource clock;
    private final AuthenticationEntryPoint refuse;

    TokenLogin(ApiTokens tokens, Users users, InstantSource clock, AuthenticationEntryPoint refuse) {
        this.tokens = tokens;
        this.users = users;
        this.clock = clock;
        this.refuse = refuse;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            chain.doFilter(request, response);
            return;
        }
        try {
            Login login = check(header.substring(SCHEME.length()).strip());
            var proved = UsernamePasswordAuthenticationToken.authenticated(login, null, List.of());
            proved.setDetails(new WebAuthenticationDetailsSource().buildDetails(request));
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(proved);
            SecurityContextHolder.setContext(context);
        } catch (AuthenticationException e) {
            SecurityContextHolder.clearContext();
            refuse.commence(request, response, e);
            return;
        }
        chain.doFilter(request, response);
    }

    private Login check(String text) {
        try {
            ApiTokens.Stored token = tokens.find(text)
                    .orElseThrow(() -> LoginRefusal.because(
                            "API_TOKEN_UNKNOWN", "this is no token of this appliance", "Send the whole token"));
            Users.User maker = users.find(token.user()).orElseThrow(LoginRefusal::disabled);
            if (token.revoked()) {
                throw LoginRefusal.because(
                        "API_TOKEN_REVOKED", "the token " + token.id() + " was revoked", "Create a new one");
            }
            if (token.expired(clock.millis())) {
                throw LoginRefusal.because(
                        "API_TOKEN_EXPIRED", "the token " + token.id() + " has expired", "Create a new one");
            }
            if (maker.disabled()) {
                throw LoginRefusal.disabled();
            }
            tokens.used(token);
            return new Login(maker.name(), maker.epoch(), token.id());
        } catch (DataAccessException e) {
            throw LoginRefusal.withoutDatabase();
        }
    }
}
