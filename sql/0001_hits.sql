-- Raw hits: what the edges saw, immutable. Everything judged can be made again from here. `record` is the spool's own
-- record (a JSON array, server/spool/record.ts): kept whole it loads at twice the speed of forty columns. Its facts can
-- be asked for by name all the same.
-- Partition and order are functions of the record alone, so that a batch sent twice makes the same blocks.
-- jejak:table shard = cityHash64(site, visitor)
CREATE TABLE raw_hits
(
  site            UInt32,
  kind            LowCardinality(String),
  hit_id          UUID,
  edge_run        LowCardinality(String),
  sequence        UInt64 CODEC(Delta, LZ4),
  received_at     DateTime64(3, 'UTC') CODEC(Delta, LZ4),
  time            DateTime64(3, 'UTC') CODEC(Delta, LZ4),
  link_id         UInt64,
  visitor         String,                  -- 16 hex digits, or empty
  click_id        String,
  batch           LowCardinality(String),  -- the spool range it was loaded from
  record          String CODEC(ZSTD(1)),
  host            String ALIAS JSONExtractString(record, 7),
  slug            String ALIAS JSONExtractString(record, 8),
  link_version    UInt32 ALIAS JSONExtractUInt(record, 10),
  outcome         String ALIAS JSONExtractString(record, 11),
  status          UInt16 ALIAS JSONExtractUInt(record, 12),
  url             String ALIAS JSONExtractString(record, 13),
  destination     String ALIAS JSONExtractString(record, 14),
  referrer        String ALIAS JSONExtractString(record, 15),
  user_agent      String ALIAS JSONExtractString(record, 16),
  method          String ALIAS JSONExtractString(record, 17),
  http_version    String ALIAS JSONExtractString(record, 18),
  headers         String ALIAS JSONExtractRaw(record, 19),
  utm_source      String ALIAS JSONExtractString(record, 20),
  utm_medium      String ALIAS JSONExtractString(record, 21),
  utm_campaign    String ALIAS JSONExtractString(record, 22),
  utm_term        String ALIAS JSONExtractString(record, 23),
  utm_content     String ALIAS JSONExtractString(record, 24),
  click_id_kinds  Array(String) ALIAS JSONExtract(record, 25, 'Array(String)'),
  country         String ALIAS JSONExtractString(record, 26),
  region          String ALIAS JSONExtractString(record, 27),
  city_id         UInt32 ALIAS JSONExtractUInt(record, 28),
  climate         String ALIAS JSONExtractString(record, 29),
  network_number  UInt32 ALIAS JSONExtractUInt(record, 30),
  hosting         UInt8 ALIAS JSONExtractUInt(record, 31),
  previous_visitor String ALIAS JSONExtractString(record, 33),
  consent         String ALIAS JSONExtractString(record, 34),
  platform        String ALIAS JSONExtractString(record, 36),
  placement       String ALIAS JSONExtractString(record, 37),
  paid            String ALIAS JSONExtractString(record, 38),
  post_id         String ALIAS JSONExtractString(record, 39),
  campaign_id     String ALIAS JSONExtractString(record, 40),
  variant         String ALIAS JSONExtractString(record, 41),
  rule            String ALIAS JSONExtractString(record, 42),
  cut             Array(String) ALIAS JSONExtract(record, 43, 'Array(String)'),
  origin          String ALIAS JSONExtractString(record, 44)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (site, toDate(time), visitor, time, hit_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Judged hits: what reports read. A row counts only while its generation is the current one of its (site, day).
-- jejak:table shard = cityHash64(site, visitor)
CREATE TABLE hits
(
  site            UInt32,
  day             Date,                    -- of the site's zone
  generation      UInt32,
  time            DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  kind            LowCardinality(String),
  hit_id          UUID,
  visitor         String CODEC(ZSTD(1)),   -- 16 hex digits, or empty
  traffic         LowCardinality(String),
  traffic_reason  LowCardinality(String),
  outcome         LowCardinality(String),
  entry           UInt8,
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
  landing_page    String CODEC(ZSTD(1)),
  country         LowCardinality(String),
  device          LowCardinality(String),
  browser         LowCardinality(String),
  os              LowCardinality(String),
  landing         LowCardinality(String),
  referrer_host   LowCardinality(String),  -- for a site's own rules to test, as is the next
  click_id_kinds  LowCardinality(String),  -- small letters, between spaces
  base_channel    LowCardinality(String),  -- what the built-in rules said, where a rule of the site's own decided
  base_source     LowCardinality(String),
  rules_version   UInt32
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (site, day, kind, time, hit_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Which (site, day) hold judged rows, and by which rules they were made; written before the rows themselves.
-- jejak:table
CREATE TABLE judged_days
(
  site            UInt32,
  day             Date,
  generation      UInt32,
  rules_version   UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY (site, day, generation, rules_version);

-- The current generation of a (site, day): the highest here, 0 where there is none. One insert turns a day at once.
-- On a cluster a site's rows stay on one shard, so that several days still turn by one insert.
-- jejak:table shard = cityHash64(site)
CREATE TABLE turned_days
(
  site            UInt32,
  day             Date,
  generation      UInt32,
  turned_at       DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (site, day, generation);
