/** Ids are UUIDv7 made by us: known before the insert, in order of creation, readable in a log. */
export const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';

/** A SHA-256 in hexadecimal digits. */
export const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';

/** A key of our own making: plain ASCII, compared exactly. */
export const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** How every table is stored. */
export const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';
