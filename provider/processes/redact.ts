/** Stands where a secret was. */
const hidden = "[hidden]";

/** Each is a secret but for its first group, which says what was taken out. Bounded, so that no text makes the search slow. */
const secrets: RegExp[] = [
  // A raw slash may be part of the password: then it reaches to the last @. What follows a colon may also be a port.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@"'<>]{0,200}:(?!\d{1,5}(?:\/|\?|$))[^\s"'<>]{0,1000}(?=@)/gi,
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"'<>]{1,1000}(?=@)/gi,
  // As a query of a URL, in the form of libpq, or as a variable: password=…, PGPASSWORD=…
  /(\b\w{0,40}password\s?=\s?)(?:'(?:[^'\\]|\\.){0,1000}'|[^\s&"',;)]{1,1000})/gi,
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
