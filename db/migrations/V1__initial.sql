-- Portable between H2 in MySQL mode, MySQL 8 and MariaDB 10.11. Times are milliseconds since 1970, so that no server's
-- time zone plays a part.

CREATE TABLE clusters (
  id                VARCHAR(64)  NOT NULL PRIMARY KEY,
  name              VARCHAR(190) NOT NULL,
  epoch             BIGINT       NOT NULL DEFAULT 0,
  created_at_millis BIGINT       NOT NULL,
  UNIQUE KEY clusters_name (name)
);

-- reported_counters: what the running agent said last; it counts from its start, the columns count for life.
CREATE TABLE nodes (
  id                  VARCHAR(64)    NOT NULL PRIMARY KEY,
  cluster_id          VARCHAR(64)    NOT NULL,
  name                VARCHAR(190)   NOT NULL,
  role                VARCHAR(16)    NOT NULL,
  public_key          VARBINARY(512) NOT NULL,
  address             VARCHAR(255)   NOT NULL DEFAULT '',
  zone                VARCHAR(190)   NOT NULL DEFAULT '',
  rack                VARCHAR(190)   NOT NULL DEFAULT '',
  version             VARCHAR(64)    NOT NULL DEFAULT '',
  joined_at_millis    BIGINT         NOT NULL,
  last_seen_at_millis BIGINT         NOT NULL DEFAULT 0,
  store_bytes         BIGINT         NOT NULL DEFAULT 0,
  origin_bytes        BIGINT         NOT NULL DEFAULT 0,
  peer_bytes          BIGINT         NOT NULL DEFAULT 0,
  served_bytes        BIGINT         NOT NULL DEFAULT 0,
  delivered_bytes     BIGINT         NOT NULL DEFAULT 0,
  reported_counters   VARCHAR(255)   NOT NULL DEFAULT '',
  UNIQUE KEY nodes_name (cluster_id, name),
  CONSTRAINT nodes_cluster FOREIGN KEY (cluster_id) REFERENCES clusters (id)
);

CREATE TABLE join_tokens (
  id                VARCHAR(64)   NOT NULL PRIMARY KEY,
  cluster_id        VARCHAR(64)   NOT NULL,
  role              VARCHAR(16)   NOT NULL,
  secret_hash       VARBINARY(32) NOT NULL,
  uses_left         INT           NOT NULL,
  revoked           BOOLEAN       NOT NULL DEFAULT FALSE,
  created_at_millis BIGINT        NOT NULL,
  expires_at_millis BIGINT        NOT NULL,
  CONSTRAINT join_tokens_cluster FOREIGN KEY (cluster_id) REFERENCES clusters (id)
);

CREATE TABLE certificates (
  serial            VARCHAR(64) NOT NULL PRIMARY KEY,
  node_id           VARCHAR(64) NOT NULL,
  issued_at_millis  BIGINT      NOT NULL,
  expires_at_millis BIGINT      NOT NULL,
  revoked_at_millis BIGINT      NOT NULL DEFAULT 0,
  KEY certificates_node (node_id)
);

CREATE TABLE users (
  name              VARCHAR(190) NOT NULL PRIMARY KEY,
  password_hash     VARCHAR(255) NOT NULL,
  role              VARCHAR(16)  NOT NULL,
  created_at_millis BIGINT       NOT NULL
);

-- Encrypted with the master key: the CA's key, cluster keys.
CREATE TABLE secrets (
  name              VARCHAR(190)    NOT NULL PRIMARY KEY,
  ciphertext        VARBINARY(8192) NOT NULL,
  created_at_millis BIGINT          NOT NULL
);

-- detail: contents and nodes of the task as JSON; written when it ends.
CREATE TABLE tasks (
  id                      VARCHAR(64)   NOT NULL PRIMARY KEY,
  cluster_id              VARCHAR(64)   NOT NULL,
  name                    VARCHAR(1024) NOT NULL,
  kind                    VARCHAR(16)   NOT NULL,
  state                   VARCHAR(16)   NOT NULL,
  content_bytes           BIGINT        NOT NULL,
  wanted_bytes            BIGINT        NOT NULL,
  verified_bytes          BIGINT        NOT NULL,
  origin_bytes            BIGINT        NOT NULL,
  peer_bytes              BIGINT        NOT NULL,
  delivered_bytes         BIGINT        NOT NULL,
  nodes                   INT           NOT NULL,
  nodes_done              INT           NOT NULL,
  peak_origin_connections INT           NOT NULL,
  started_at_millis       BIGINT        NOT NULL,
  finished_at_millis      BIGINT        NOT NULL DEFAULT 0,
  failure                 VARCHAR(1024) NOT NULL DEFAULT '',
  detail                  LONGTEXT      NOT NULL,
  KEY tasks_started (started_at_millis),
  CONSTRAINT tasks_cluster FOREIGN KEY (cluster_id) REFERENCES clusters (id)
);
