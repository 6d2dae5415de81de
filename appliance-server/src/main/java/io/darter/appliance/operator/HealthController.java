package io.darter.appliance.operator;

import io.darter.operator.Rule;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the appliance answers; open to everybody, without detail. */
@RestController
class HealthController {
    @GetMapping(path = "/healthy", produces = MediaType.TEXT_PLAIN_VALUE)
    @Rule(Rule.Need.PUBLIC)
    String healthy() {
        return "ok\n";
    }
}
