/** A word as a shell takes it literally. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A word as a person can paste it into a command: quoted where a shell would take it otherwise. */
export const asWord = (word: string): string => (/^[\w./@%+=:,-]+$/.test(word) ? word : quoted(word));
