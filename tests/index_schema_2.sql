-- An index of schema 2, by iterdump of sqlite3: the three files that test_index_schema.py writes.
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, published TEXT, publisher TEXT,
    sha256 TEXT NOT NULL, page_starts TEXT NOT NULL, stamp TEXT NOT NULL);
INSERT INTO "documents" VALUES('a.txt','a','The words of a. They were stored by an older version.',NULL,NULL,'07d2aca9c54a94d4f743a19e6084b124f1ccf20759f712df239b84938ae82dec','[]','["4", 53, 1600000000000000000, []]');
INSERT INTO "documents" VALUES('b.md','The storm','# The storm

Η καταιγίδα took 12 roofs.','2021-03-04',NULL,'10d62d7188811d459fba13a65d849f175276fe653cb4317a08aaea63aa5d9e1d','[]','["4", 111, 1600000000000000000, []]');
CREATE TABLE failures (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, error TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "failures" VALUES('c.txt','["4", 2, 1600000000000000000, []]','It holds binary data, not text. Remove it or convert it to text.');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('embedder','hash@1');
INSERT INTO "meta" VALUES('generation','1');
INSERT INTO "meta" VALUES('passages','160/240');
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, page INTEGER, hash BLOB NOT NULL);
INSERT INTO "passages" VALUES(1,'a.txt',0,53,'The words of a. They were stored by an older version.',NULL,X'07D2ACA9C54A94D4F743A19E6084B124');
INSERT INTO "passages" VALUES(2,'b.md',2,39,'The storm

Η καταιγίδα took 12 roofs.',NULL,X'6683B0105EEB1F4D8AB545C4D969A4B1');
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL,
    UNIQUE (hash, embedder));
INSERT INTO "vectors" VALUES(1,X'07D2ACA9C54A94D4F743A19E6084B124','hash@1',X'95E672BE1B081B3ED15820BF0922D93EB9699C3C04C20D3F31EF48BE0B9065BD');
INSERT INTO "vectors" VALUES(2,X'6683B0105EEB1F4D8AB545C4D969A4B1','hash@1',X'E2E2AFBE656EF73E66C99F3EED19B3BD77E99F3EA80319BF515E893E6BF703BE');
CREATE INDEX passages_of_document ON passages(document_id);
CREATE INDEX passages_by_hash ON passages(hash);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('passages',2);
COMMIT;
