package io.darter.appliance.join;

import io.darter.operator.OperatorException;
import io.darter.operator.Rule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.function.Supplier;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Joining and renewing, without login: the token or the registered key is the proof. */
@RestController
@RequestMapping("/api/v1")
class JoinController {
    private final JoinService service;
    private final JoinLimits limits;

    JoinController(JoinService service, JoinLimits limits) {
        this.service = service;
        this.limits = limits;
    }

    @PostMapping("/join")
    @Rule(Rule.Need.PUBLIC)
    JoinAnswer join(@Valid @RequestBody JoinRequest request, HttpServletRequest http) {
        return limited(http, () -> service.join(request));
    }

    @PostMapping("/renew")
    @Rule(Rule.Need.PUBLIC)
    JoinAnswer renew(@Valid @RequestBody RenewRequest request, HttpServletRequest http) {
        return limited(http, () -> service.renew(request));
    }

    private JoinAnswer limited(HttpServletRequest http, Supplier<JoinAnswer> call) {
        String address = http.getRemoteAddr();
        limits.check(address);
        try {
            return call.get();
        } catch (OperatorException e) {
            limits.failed(address);
            throw e;
        }
    }
}
