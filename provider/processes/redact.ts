/** Stands where a secret was. */
const hidden = "[hidden]";

/**
 * Each is a secret but for its first group, which says what was taken out. Bounded, so that no text makes the search
 * slow.
 */
const secrets: RegExp[] = [
  // A database's URL has its password where others may have a port and a path.
  /(\bpostgres(?:ql)?(?:\+\w{1,20})?:\/\/)[^\s/:@"'<>]{0,200}:[^\s"'<>]{0,1000}(?=@)/gi,
  // A raw space in a password that has no raw @.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@"'<>]{0,200}:(?!\d{1,5}[\s/?])[^\s@"'<>]{1,200} [^\n@"'<>]{0,200}(?=@[\w.-]{1,200}[:/])/gi,
  // A raw slash may be part of the password: then it reaches to the last @. What follows a colon may also be a port.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@"'<>]{0,200}:(?!\d{1,5}(?:\/|\?|$))[^\s"'<>]{0,1000}(?=@)/gi,
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"'<>]{1,1000}(?=@)/gi,
  // As a query of a URL, in the form of libpq, or as a variable: password=…, PGPASSWORD=…
  /(\b\w{0,40}password\s?=\s?)(?:'(?:[^'\\]|\\.){0,1000}'|[^\s&"',;)]{1,1000})/gi,
  // Other variables and flags: PULUMI_CONFIG_PASSPHRASE=…, JWT_SECRET=…, --token=…
  /(\b\w{0,40}(?:passphrase|secret|token|api_?key)=)(?:'[^'\n]{0,1000}'|"[^"\n]{0,1000}"|[^\s&"',;)]{1,1000})/gi,
  // As the only thing in a line of YAML. In a sentence it may be a word that explains.
  /(^[ \t]{0,80}(?:- )?\w{0,40}(?:password|passphrase):[ \t]{1,8})(?:'[^'\n]{0,1000}'|"[^"\n]{0,1000}"|[^\s"']{1,1000})(?=[ \t]{0,8}$)/gim,
  /("\w{0,40}password"\s?:\s?)"(?:[^"\\]|\\.){0,1000}"/gi,
  // What libpq says of a password that it cannot read.
  /(percent-encoded (?:token|value): )"[^\n]{0,1000}"/g,
  /(\bBearer )[\w.~+/=-]{8,4000}/gi,
  /(\bAuthorization: (?:Basic|Token) )[\w.~+/=-]{4,4000}/gi,
  /(\b_?_authToken\s?=\s?)[^\s"']{1,1000}/gi,
  /()\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat)[-_][\w-]{12,400}/g,
  /()\beyJ[\w-]{8,2000}\.[\w-]{8,2000}(?:\.[\w-]{0,2000})?/g,
];

/** Takes out of a text what is a secret by its form, above all the user and the password of a URL. */
export const redact = (text: string): string =>
  secrets.reduce((rest, pattern) => rest.replace(pattern, (_all, kept: string) => `${kept}${hidden}`), text);
