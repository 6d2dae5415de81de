package io.darter.appliance.operator;

import io.darter.operator.OperatorException;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is not there under /api, which would otherwise be answered with the console's page. */
@Hidden
@RestController
class UnknownPathController {
    @RequestMapping("/api/**")
    void unknown(HttpServletRequest request) throws OperatorException {
        throw Problems.exception(
                "PATH_UNKNOWN",
                404,
                request.getMethod() + " " + request.getRequestURI(),
                "there is nothing here for this method",
                "Compare path and method with the documentation");
    }
}
