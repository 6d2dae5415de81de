-- What operators decide of nodes and contents. Portable as V1 is.

-- Raised with each change of what is below, in its transaction: replicas look whether they have missed one. Of one
-- appliance it only grows, also across a restored backup, since it is never less than the time in milliseconds.
CREATE TABLE revisions (
  name   VARCHAR(64) NOT NULL PRIMARY KEY,
  number BIGINT      NOT NULL
);
INSERT INTO revisions (name, number) VALUES ('nodes', 0);

-- set_zone, set_rack: empty, what the agent says counts. duty: active, cordoned or draining.
ALTER TABLE nodes ADD COLUMN set_zone VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN set_rack VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN duty VARCHAR(16) NOT NULL DEFAULT 'active';

CREATE TABLE node_labels (
  node_id     VARCHAR(64)  NOT NULL,
  label_name  VARCHAR(190) NOT NULL,
  label_value VARCHAR(64)  NOT NULL,
  PRIMARY KEY (node_id, label_name),
  CONSTRAINT node_labels_node FOREIGN KEY (node_id) REFERENCES nodes (id) ON DELETE CASCADE
);

-- The node's row is gone, its name is free. This says why its key is refused.
CREATE TABLE removed_nodes (
  id                VARCHAR(64)  NOT NULL PRIMARY KEY,
  cluster_id        VARCHAR(64)  NOT NULL,
  name              VARCHAR(190) NOT NULL,
  removed_at_millis BIGINT       NOT NULL
);

-- nodes_removed, bytes_removed: what nodes reported that had some of it.
CREATE TABLE tombstones (
  cluster_id        VARCHAR(64)  NOT NULL,
  content_key       VARCHAR(80)  NOT NULL,
  reason            VARCHAR(512) NOT NULL,
  user_name         VARCHAR(190) NOT NULL,
  created_at_millis BIGINT       NOT NULL,
  revision          BIGINT       NOT NULL,
  nodes_removed     INT          NOT NULL DEFAULT 0,
  bytes_removed     BIGINT       NOT NULL DEFAULT 0,
  PRIMARY KEY (cluster_id, content_key),
  CONSTRAINT tombstones_cluster FOREIGN KEY (cluster_id) REFERENCES clusters (id)
);
