BEGIN TRANSACTION;
CREATE TABLE acts (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL, wave INTEGER NOT NULL,
    reason TEXT NOT NULL);
INSERT INTO "acts" VALUES(1,'2026-03-10T12:00:00+00:00','','cutover',1,'');
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, wave INTEGER NOT NULL, direction TEXT NOT NULL, started TEXT NOT NULL,
    actor TEXT NOT NULL, reason TEXT NOT NULL, ended TEXT, outcome TEXT);
INSERT INTO "attempts" VALUES(1,1,'forward','2026-03-10T12:00:00+00:00','','',NULL,NULL);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL REFERENCES attempts, at TEXT NOT NULL, dag_id TEXT NOT NULL,
    state INTEGER NOT NULL, phase TEXT NOT NULL, facts TEXT NOT NULL, note TEXT NOT NULL);
INSERT INTO "events" VALUES(1,1,'2026-03-10T12:00:00+00:00','child',0,'done','{}','');
INSERT INTO "events" VALUES(2,1,'2026-03-10T12:00:00+00:00','delta',0,'done','{}','');
INSERT INTO "events" VALUES(3,1,'2026-03-10T12:00:00+00:00','eager',0,'done','{}','');
INSERT INTO "events" VALUES(4,1,'2026-03-10T12:00:00+00:00','minutely',0,'done','{}','');
INSERT INTO "events" VALUES(5,1,'2026-03-10T12:00:00+00:00','once',0,'done','{}','');
INSERT INTO "events" VALUES(6,1,'2026-03-10T12:00:00+00:00','parent',0,'done','{}','');
INSERT INTO "events" VALUES(7,1,'2026-03-10T12:00:00+00:00','child',1,'intent','{}','');
INSERT INTO "events" VALUES(8,1,'2026-03-10T12:00:00+00:00','parent',1,'intent','{}','');
INSERT INTO "events" VALUES(9,1,'2026-03-10T12:00:00+00:00','delta',1,'intent','{}','');
INSERT INTO "events" VALUES(10,1,'2026-03-10T12:00:00+00:00','eager',1,'intent','{}','');
INSERT INTO "events" VALUES(11,1,'2026-03-10T12:00:00+00:00','minutely',1,'intent','{}','');
INSERT INTO "events" VALUES(12,1,'2026-03-10T12:00:00+00:00','once',1,'intent','{}','');
INSERT INTO "events" VALUES(13,1,'2026-03-10T12:00:06+00:00','child',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(14,1,'2026-03-10T12:00:06+00:00','parent',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(15,1,'2026-03-10T12:00:06+00:00','delta',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(16,1,'2026-03-10T12:00:06+00:00','eager',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(17,1,'2026-03-10T12:00:06+00:00','minutely',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(18,1,'2026-03-10T12:00:06+00:00','once',1,'done','{"kept_paused": false, "by_datasets": false}','');
INSERT INTO "events" VALUES(19,1,'2026-03-10T12:00:06+00:00','child',2,'intent','{}','');
INSERT INTO "events" VALUES(20,1,'2026-03-10T12:00:06+00:00','parent',2,'intent','{}','');
INSERT INTO "events" VALUES(21,1,'2026-03-10T12:00:06+00:00','delta',2,'intent','{}','');
INSERT INTO "events" VALUES(22,1,'2026-03-10T12:00:06+00:00','eager',2,'intent','{}','');
INSERT INTO "events" VALUES(23,1,'2026-03-10T12:00:06+00:00','minutely',2,'intent','{}','');
INSERT INTO "events" VALUES(24,1,'2026-03-10T12:00:06+00:00','once',2,'intent','{}','');
INSERT INTO "events" VALUES(25,1,'2026-03-10T12:00:06+00:00','child',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(26,1,'2026-03-10T12:00:06+00:00','parent',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(27,1,'2026-03-10T12:00:06+00:00','delta',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(28,1,'2026-03-10T12:00:06+00:00','eager',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(29,1,'2026-03-10T12:00:06+00:00','minutely',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(30,1,'2026-03-10T12:00:06+00:00','once',2,'done','{"quiescing_since": "2026-03-10T12:00:06+00:00"}','');
INSERT INTO "events" VALUES(31,1,'2026-03-10T12:00:06+00:00','parent',3,'intent','{}','');
INSERT INTO "events" VALUES(32,1,'2026-03-10T12:00:06+00:00','delta',3,'intent','{}','');
INSERT INTO "events" VALUES(33,1,'2026-03-10T12:00:06+00:00','eager',3,'intent','{}','');
INSERT INTO "events" VALUES(34,1,'2026-03-10T12:00:06+00:00','minutely',3,'intent','{}','');
INSERT INTO "events" VALUES(35,1,'2026-03-10T12:00:06+00:00','once',3,'intent','{}','');
INSERT INTO "events" VALUES(36,1,'2026-03-10T12:00:10+00:00','parent',3,'done','{"paused_at": "2026-03-10T12:00:10+00:00", "last_tasks": false}','');
INSERT INTO "events" VALUES(37,1,'2026-03-10T12:00:10+00:00','delta',3,'done','{"paused_at": "2026-03-10T12:00:10+00:00", "last_tasks": false}','');
INSERT INTO "events" VALUES(38,1,'2026-03-10T12:00:10+00:00','eager',3,'done','{"paused_at": "2026-03-10T12:00:10+00:00", "last_tasks": false}','');
INSERT INTO "events" VALUES(39,1,'2026-03-10T12:00:10+00:00','minutely',3,'done','{"paused_at": "2026-03-10T12:00:10+00:00", "last_tasks": false}','');
INSERT INTO "events" VALUES(40,1,'2026-03-10T12:00:10+00:00','once',3,'done','{"paused_at": "2026-03-10T12:00:10+00:00", "last_tasks": false}','');
INSERT INTO "events" VALUES(41,1,'2026-03-10T12:00:10+00:00','delta',4,'intent','{}','');
INSERT INTO "events" VALUES(42,1,'2026-03-10T12:00:10+00:00','eager',4,'intent','{}','');
INSERT INTO "events" VALUES(43,1,'2026-03-10T12:00:10+00:00','minutely',4,'intent','{}','');
INSERT INTO "events" VALUES(44,1,'2026-03-10T12:00:10+00:00','once',4,'intent','{}','');
INSERT INTO "events" VALUES(45,1,'2026-03-10T12:00:10+00:00','delta',3,'waiting','{}','settling');
INSERT INTO "events" VALUES(46,1,'2026-03-10T12:00:10+00:00','eager',3,'waiting','{}','settling');
INSERT INTO "events" VALUES(47,1,'2026-03-10T12:00:10+00:00','minutely',3,'waiting','{}','settling');
INSERT INTO "events" VALUES(48,1,'2026-03-10T12:00:10+00:00','once',3,'waiting','{}','settling');
INSERT INTO "events" VALUES(49,1,'2026-03-10T12:00:10+00:00','child',3,'intent','{}','');
INSERT INTO "events" VALUES(50,1,'2026-03-10T12:00:12+00:00','child',2,'waiting','{}','trig__2026-03-10T12:00:07+00:00 is running (work=running)');
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('schema_version','1');
CREATE INDEX events_of ON events (attempt, dag_id, id);
COMMIT;
