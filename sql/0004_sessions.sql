-- One row a session: the truth about it as of its last hit. A visitor whose hits come in later has its rows written
-- again, whole, under a higher version; read it with FINAL, with the (day, generation) condition of `hits`.
-- jejak:table shard = cityHash64(site, identity)
CREATE TABLE sessions
(
  site            UInt32,
  day             Date,                    -- of the site's zone: the one on which it began
  generation      UInt32,                  -- of that day, as in hits
  identity        String CODEC(ZSTD(1)),   -- visitor key of its first hit
  ordinal         UInt64,                  -- orders the identity's sessions: its start in Unix milliseconds
  version         UInt64 CODEC(Delta, ZSTD(1)),
  is_deleted      UInt8,
  session_id      UUID,                    -- hit_id of its first hit
  start           DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  end             DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  visitors        Array(String) CODEC(ZSTD(1)),  -- all keys in it
  consent         LowCardinality(String),
  pageviews       UInt32,
  events          UInt32,                  -- goal calls, outbound, download, tel, mail, form
  engaged_ms      UInt64,
  scroll          UInt8,
  bounce          UInt8,                   -- one pageview, no event, less than ten seconds engaged
  entry_page      String CODEC(ZSTD(1)),
  exit_page       String CODEC(ZSTD(1)),
  click_key       UInt64 CODEC(ZSTD(1)),
  channel         LowCardinality(String),
  side            LowCardinality(String),
  side_with_paid  LowCardinality(String),
  source          LowCardinality(String),
  medium          LowCardinality(String),
  campaign        LowCardinality(String),
  term            String CODEC(ZSTD(1)),
  content         String CODEC(ZSTD(1)),
  channel_rule    LowCardinality(String),
  platform        LowCardinality(String),
  placement       LowCardinality(String),
  paid            LowCardinality(String),
  post_id         String CODEC(ZSTD(1)),
  campaign_id     String CODEC(ZSTD(1)),
  link_id         UInt64,
  link            String CODEC(ZSTD(1)),
  referrer_host   LowCardinality(String),
  click_id_kinds  LowCardinality(String),
  base_channel    LowCardinality(String),
  base_source     LowCardinality(String),
  country         LowCardinality(String),
  device          LowCardinality(String),
  browser         LowCardinality(String),
  os              LowCardinality(String),
  in_app          LowCardinality(String),
  rules_version   UInt32
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, generation, identity, ordinal, session_id);
