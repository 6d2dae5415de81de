-- People, what they may do, their tokens, and what was changed by whom. Portable as V1 is.

-- login_epoch is another one after each change of the password and each disabling: sessions of before carry the old one.
ALTER TABLE users ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN login_epoch VARCHAR(64) NOT NULL DEFAULT '';

-- cluster_id '*': in every cluster, also those of tomorrow.
CREATE TABLE user_grants (
  user_name  VARCHAR(190) NOT NULL,
  cluster_id VARCHAR(64)  NOT NULL,
  role       VARCHAR(16)  NOT NULL,
  PRIMARY KEY (user_name, cluster_id),
  CONSTRAINT user_grants_user FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
);

INSERT INTO user_grants (user_name, cluster_id, role) SELECT name, '*', role FROM users;
ALTER TABLE users DROP COLUMN role;

CREATE TABLE api_tokens (
  id                  VARCHAR(64)   NOT NULL PRIMARY KEY,
  user_name           VARCHAR(190)  NOT NULL,
  name                VARCHAR(190)  NOT NULL,
  secret_hash         VARBINARY(32) NOT NULL,
  revoked             BOOLEAN       NOT NULL DEFAULT FALSE,
  created_at_millis   BIGINT        NOT NULL,
  expires_at_millis   BIGINT        NOT NULL,
  last_used_at_millis BIGINT        NOT NULL DEFAULT 0,
  UNIQUE KEY api_tokens_secret (secret_hash),
  KEY api_tokens_user (user_name),
  CONSTRAINT api_tokens_user_name FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
);

CREATE TABLE api_token_grants (
  token_id   VARCHAR(64) NOT NULL,
  cluster_id VARCHAR(64) NOT NULL,
  role       VARCHAR(16) NOT NULL,
  PRIMARY KEY (token_id, cluster_id),
  CONSTRAINT api_token_grants_token FOREIGN KEY (token_id) REFERENCES api_tokens (id) ON DELETE CASCADE
);

-- Rows are added and never changed. No foreign keys: what was done outlives who did it and what it was done to.
-- cluster_id '*': it concerns the whole appliance. state_before and state_after: JSON without secrets, or empty.
CREATE TABLE audit (
  id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at_millis    BIGINT       NOT NULL,
  user_name    VARCHAR(190) NOT NULL,
  token_id     VARCHAR(64)  NOT NULL,
  address      VARCHAR(64)  NOT NULL,
  action       VARCHAR(64)  NOT NULL,
  subject      VARCHAR(190) NOT NULL,
  cluster_id   VARCHAR(64)  NOT NULL,
  state_before LONGTEXT     NOT NULL,
  state_after  LONGTEXT     NOT NULL,
  KEY audit_time (at_millis)
);
