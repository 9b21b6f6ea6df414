-- Events, engagements and conversions: what was told is the record's 45th fact.
-- jejak:table
ALTER TABLE raw_hits ADD COLUMN IF NOT EXISTS event String ALIAS JSONExtractRaw(record, 45);

-- jejak:table
ALTER TABLE hits
  ADD COLUMN IF NOT EXISTS click_key UInt64 CODEC(ZSTD(1)),         -- 64 random bits of a visit's click id, 0 where there is none
  ADD COLUMN IF NOT EXISTS clicked_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),  -- when that click was
  ADD COLUMN IF NOT EXISTS in_app LowCardinality(String),
  ADD COLUMN IF NOT EXISTS consent LowCardinality(String),
  ADD COLUMN IF NOT EXISTS previous_visitor String CODEC(ZSTD(1)),  -- the key of the same visitor until a moment ago
  ADD COLUMN IF NOT EXISTS utm_values String CODEC(ZSTD(1)),        -- the address's own, between bars, in small letters
  ADD COLUMN IF NOT EXISTS event_type LowCardinality(String),
  ADD COLUMN IF NOT EXISTS event_name LowCardinality(String),
  ADD COLUMN IF NOT EXISTS event_target String CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS event_props String CODEC(ZSTD(1)),       -- JSON, or empty
  ADD COLUMN IF NOT EXISTS event_value Decimal(18, 4) CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS event_has_value UInt8,
  ADD COLUMN IF NOT EXISTS event_currency LowCardinality(String),
  ADD COLUMN IF NOT EXISTS event_key String CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS event_version UInt32,
  ADD COLUMN IF NOT EXISTS event_cancelled UInt8,
  ADD COLUMN IF NOT EXISTS engaged_ms UInt32,
  ADD COLUMN IF NOT EXISTS scroll UInt8,
  ADD COLUMN IF NOT EXISTS external_id String CODEC(ZSTD(1));

-- A visitor's hits, and a click's landing, lie close together in time: most granules of a day can be passed over.
-- jejak:local
ALTER TABLE hits
  ADD INDEX IF NOT EXISTS visitors visitor TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX IF NOT EXISTS click_keys click_key TYPE bloom_filter(0.01) GRANULARITY 1;
