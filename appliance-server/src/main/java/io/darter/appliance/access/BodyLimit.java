package io.darter.appliance.access;

import io.darter.operator.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/** REST takes bodies up to a size: one that says its length is refused unread, one that does not as soon as it is too long. */
public final class BodyLimit extends OncePerRequestFilter {
    static final int BYTES_MAX = 1 << 20;

    private final ProblemWriter problems;

    BodyLimit(ProblemWriter problems) {
        this.problems = problems;
    }

    /** Reading went beyond what is taken. */
    public static final class Exceeded extends IOException {
        private Exceeded() {
            super("the body is longer than " + BYTES_MAX + " bytes");
        }
    }

    public static Problem problem(String tried) {
        return new Problem(
                "BODY_TOO_LARGE", tried, "the body is longer than " + BYTES_MAX + " bytes", "Send less at once", 413);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > BYTES_MAX) {
            problems.write(response, problem(request.getMethod() + " " + request.getRequestURI()));
            return;
        }
        chain.doFilter(request.getContentLengthLong() < 0 ? new Limited(request) : request, response);
    }

    private static final class Limited extends HttpServletRequestWrapper {
        private @Nullable ServletInputStream stream;

        Limited(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (stream == null) {
                stream = new LimitedStream(super.getInputStream());
            }
            return stream;
        }
    }

    private static final class LimitedStream extends ServletInputStream {
        private final ServletInputStream whole;
        private long read;

        LimitedStream(ServletInputStream whole) {
            this.whole = whole;
        }

        @Override
        public int read() throws IOException {
            int value = whole.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = whole.read(bytes, offset, length);
            count(count);
            return count;
        }

        private void count(int more) throws Exceeded {
            read += Math.max(0, more);
            if (read > BYTES_MAX) {
                throw new Exceeded();
            }
        }

        @Override
        public boolean isFinished() {
            return whole.isFinished();
        }

        @Override
        public boolean isReady() {
            return whole.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            whole.setReadListener(listener);
        }
    }
}
