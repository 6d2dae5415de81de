package io.darter.appliance.operator;

import io.darter.operator.EvictedContent;
import io.darter.operator.NewTombstone;
import io.darter.operator.NodeChange;
import io.darter.operator.NodeDetail;
import io.darter.operator.OperatorApi;
import io.darter.operator.TombstoneView;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Running the fleet, of {@link OperatorApi}, as REST; adds nothing. */
@RestController
@RequestMapping("/api/v1")
class NodeController {
    private final OperatorApi operator;

    NodeController(OperatorApi operator) {
        this.operator = operator;
    }

    @GetMapping("/nodes/{id}")
    NodeDetail node(@PathVariable String id) {
        return operator.node(id);
    }

    @PatchMapping("/nodes/{id}")
    NodeDetail changeNode(@PathVariable String id, @RequestBody NodeChange change) {
        return operator.changeNode(id, change);
    }

    @PostMapping("/nodes/{id}/cordon")
    NodeDetail cordonNode(@PathVariable String id) {
        return operator.cordonNode(id);
    }

    @PostMapping("/nodes/{id}/uncordon")
    NodeDetail uncordonNode(@PathVariable String id) {
        return operator.uncordonNode(id);
    }

    @PostMapping("/nodes/{id}/drain")
    NodeDetail drainNode(@PathVariable String id) {
        return operator.drainNode(id);
    }

    @DeleteMapping("/nodes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeNode(@PathVariable String id) {
        operator.removeNode(id);
    }

    @DeleteMapping("/nodes/{id}/contents/{content}")
    EvictedContent evictContent(@PathVariable String id, @PathVariable String content) {
        return operator.evictContent(id, content);
    }

    @GetMapping("/clusters/{cluster}/tombstones")
    List<TombstoneView> tombstones(@PathVariable String cluster) {
        return operator.tombstones(cluster);
    }

    @PostMapping("/clusters/{cluster}/tombstones")
    @ResponseStatus(HttpStatus.CREATED)
    TombstoneView purgeContent(@PathVariable String cluster, @RequestBody NewTombstone tombstone) {
        return operator.purgeContent(cluster, tombstone);
    }

    @DeleteMapping("/clusters/{cluster}/tombstones/{content}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void liftTombstone(@PathVariable String cluster, @PathVariable String content) {
        operator.liftTombstone(cluster, content);
    }
}
