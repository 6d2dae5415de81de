package io.darter.appliance.operator;

import io.darter.operator.ApiTokenCreated;
import io.darter.operator.ApiTokenView;
import io.darter.operator.AuditEntry;
import io.darter.operator.AuditQuery;
import io.darter.operator.Me;
import io.darter.operator.NewApiToken;
import io.darter.operator.NewUser;
import io.darter.operator.OperatorApi;
import io.darter.operator.Page;
import io.darter.operator.PasswordChange;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import io.darter.operator.UserView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** People, tokens and the audit of {@link OperatorApi} as REST; adds nothing. */
@RestController
@RequestMapping("/api/v1")
class PeopleController {
    private final OperatorApi operator;

    PeopleController(OperatorApi operator) {
        this.operator = operator;
    }

    @GetMapping("/me")
    Me whoAmI() {
        return operator.whoAmI();
    }

    @PutMapping("/me/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void changeOwnPassword(@RequestBody PasswordChange change) {
        operator.changeOwnPassword(change);
    }

    @GetMapping("/me/tokens")
    List<ApiTokenView> apiTokens() {
        return operator.apiTokens();
    }

    @PostMapping("/me/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    ApiTokenCreated createApiToken(@RequestBody NewApiToken token) {
        return operator.createApiToken(token);
    }

    @DeleteMapping("/me/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revokeApiToken(@PathVariable String id) {
        operator.revokeApiToken(id);
    }

    @GetMapping("/users")
    Page<UserView> users(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int offset,
            @RequestParam(defaultValue = "1000") int limit) {
        return operator.users(new UserQuery(text, offset, limit));
    }

    @PostMapping("/users")
    @ResponseStatus(HttpStatus.CREATED)
    UserView createUser(@RequestBody NewUser user) {
        return operator.createUser(user);
    }

    @PatchMapping("/users/{name}")
    UserView changeUser(@PathVariable String name, @RequestBody UserChange change) {
        return operator.changeUser(name, change);
    }

    @DeleteMapping("/users/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeUser(@PathVariable String name) {
        operator.removeUser(name);
    }

    @GetMapping("/audit")
    Page<AuditEntry> audit(
            @RequestParam(defaultValue = "") String user,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "") String subject,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant until,
            @RequestParam(defaultValue = "0") int offset,
            @RequestParam(defaultValue = "1000") int limit) {
        return operator.audit(new AuditQuery(user, action, subject, from, until, offset, limit));
    }
}
