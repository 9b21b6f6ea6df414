-- Up to when each loader has brought in what its edges received, for apps that run elsewhere.
-- jejak:table
CREATE TABLE loader_progress
(
  loader          String,
  complete_until  DateTime64(3, 'UTC'),
  seen_at         DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY loader;
