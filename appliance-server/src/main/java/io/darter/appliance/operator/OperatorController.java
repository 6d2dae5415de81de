package io.darter.appliance.operator;

import io.darter.operator.ClusterView;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.JoinTokenView;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.Page;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskTrace;
import io.darter.operator.TaskView;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@link OperatorApi} as REST; adds nothing. */
@RestController
@RequestMapping("/api/v1")
class OperatorController {
    private final OperatorApi operator;

    OperatorController(OperatorApi operator) {
        this.operator = operator;
    }

    @GetMapping("/overview")
    Overview overview() {
        return operator.overview();
    }

    @GetMapping("/clusters")
    List<ClusterView> clusters() {
        return operator.clusters();
    }

    @GetMapping("/nodes")
    Page<NodeView> nodes(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int offset,
            @RequestParam(defaultValue = "1000") int limit) {
        return operator.nodes(new NodeQuery(text, offset, limit));
    }

    @GetMapping("/tasks")
    Page<TaskView> tasks(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int offset,
            @RequestParam(defaultValue = "1000") int limit) {
        return operator.tasks(new TaskQuery(text, state, offset, limit));
    }

    @GetMapping("/tasks/{id}")
    TaskDetail task(@PathVariable String id) {
        return operator.task(id);
    }

    @GetMapping("/tasks/{id}/nodes/{node}/trace")
    TaskTrace explainTask(@PathVariable String id, @PathVariable String node) {
        return operator.explainTask(node, id);
    }

    @GetMapping("/join-tokens")
    List<JoinTokenView> joinTokens() {
        return operator.joinTokens();
    }

    @PostMapping("/join-tokens")
    @ResponseStatus(HttpStatus.CREATED)
    JoinTokenCreated createJoinToken(@RequestBody NewJoinToken token) {
        return operator.createJoinToken(token);
    }

    @DeleteMapping("/join-tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revokeJoinToken(@PathVariable String id) {
        operator.revokeJoinToken(id);
    }
}
