package io.darter.appliance.operator;

import io.darter.appliance.access.BodyLimit;
import io.darter.operator.OperatorException;
import io.darter.operator.Problem;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartException;

/** Every error of REST in the one shape. */
@Order(Ordered.HIGHEST_PRECEDENCE)
@RestControllerAdvice
class ProblemAdvice {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Problem> refused(OperatorException refusal) {
        return answer(refusal.problem());
    }

    @ExceptionHandler
    ResponseEntity<Problem> unreadable(HttpMessageNotReadableException cause, HttpServletRequest request) {
        for (Throwable inner = cause.getCause(); inner != null; inner = inner.getCause()) {
            if (inner instanceof BodyLimit.Exceeded) {
                return answer(BodyLimit.problem(tried(request)));
            }
        }
        return answer(new Problem(
                "REQUEST_INVALID",
                tried(request),
                "the body is not the JSON that is expected here",
                "Send the fields that the documentation names",
                400));
    }

    @ExceptionHandler
    ResponseEntity<Problem> inParts(MultipartException cause, HttpServletRequest request) {
        return answer(new Problem(
                "REQUEST_INVALID",
                tried(request),
                "the body has no parts that can be read, or too large ones",
                "Send application/json",
                400));
    }

    @ExceptionHandler
    ResponseEntity<Problem> mistyped(TypeMismatchException cause, HttpServletRequest request) {
        String name = cause.getPropertyName();
        Class<?> type = cause.getRequiredType();
        return answer(new Problem(
                "REQUEST_INVALID",
                tried(request),
                "the parameter '" + name + "' is no " + (type == null ? "such value" : type.getSimpleName()),
                "Compare it with GET /api/v1/openapi",
                400));
    }

    @ExceptionHandler
    ResponseEntity<Problem> database(DataAccessException cause, HttpServletRequest request) {
        log.atWarn().setCause(cause).log("the database did not answer a request");
        return answer(new Problem(
                "DATABASE_UNAVAILABLE",
                tried(request),
                "the database did not answer",
                "Check the database; distribution goes on meanwhile",
                503));
    }

    @ExceptionHandler
    ResponseEntity<Problem> other(Exception cause, HttpServletRequest request) {
        if (cause instanceof ErrorResponse known) {
            String detail = known.getBody().getDetail();
            return answer(new Problem(
                    "REQUEST_INVALID",
                    tried(request),
                    detail == null ? "the request is not valid" : detail,
                    "Correct the request",
                    known.getStatusCode().value()));
        }
        log.atError().addKeyValue("request", tried(request)).setCause(cause).log("a request failed");
        return answer(new Problem(
                "INTERNAL",
                tried(request),
                "the appliance failed in a way nobody foresaw",
                "Look into its log, and report it",
                500));
    }

    private static String tried(HttpServletRequest request) {
        return request.getMethod() + " " + request.getRequestURI();
    }

    private static ResponseEntity<Problem> answer(Problem problem) {
        return ResponseEntity.status(problem.status())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
