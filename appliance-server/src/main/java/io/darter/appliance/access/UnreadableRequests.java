package io.darter.appliance.access;

import io.darter.operator.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses in words what server and framework would take for failures of their own: parameters and types that are none. */
final class UnreadableRequests extends OncePerRequestFilter {
    private final ProblemWriter problems;

    UnreadableRequests(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String type = request.getContentType();
        if (type != null && !isConcrete(type)) {
            refuse(request, response, 415, "the header Content-Type names no type", "Send application/json");
            return;
        }
        try {
            // Who asks first is told what is wrong with them; here it is not yet taken for a failure.
            request.getParameterMap();
        } catch (InvalidParameterException e) {
            refuse(request, response, 400, "a parameter cannot be decoded", "Encode parameters by percent and UTF-8");
            return;
        }
        chain.doFilter(request, response);
    }

    private static boolean isConcrete(String type) {
        try {
            return MediaType.parseMediaType(type).isConcrete();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private void refuse(
            HttpServletRequest request, HttpServletResponse response, int status, String happened, String advice)
            throws IOException {
        String tried = request.getMethod() + " " + request.getRequestURI();
        problems.write(response, new Problem("REQUEST_INVALID", tried, happened, advice, status));
    }
}
