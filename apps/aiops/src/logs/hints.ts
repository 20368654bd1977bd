/**
 * What a well-known line of a log says, in words of our own. For people alone: a hint chooses no action, since whoever
 * can write into a log could choose it then.
 */
const known: { says: string; line: RegExp }[] = [
  { says: "the database refuses the password", line: /password authentication failed for user/i },
  { says: "the disk of the database is full", line: /could not (?:write|extend) .*: No space left on device/i },
  {
    says: "the address of the database is not known",
    line: /(?:failed to resolve host|could not translate host name)/i,
  },
  { says: "nothing answers where the database should be", line: /connection (?:refused|timeout expired|timed out)/i },
];

/** The hints in the lines of a log, each once. */
export const hintsIn = (lines: string[]): string[] =>
  known.filter(({ line }) => lines.some((text) => line.test(text))).map(({ says }) => says);
