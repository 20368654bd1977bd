import { problemOfHost } from "./host.ts";

const example = "such as postgresql://user:password@db.example.com:5432/todo";

/** What user and password must write in percent-encoding, so that everybody who reads the URL reads the same. */
const special = /[:/?#[\]@\s]/gu;

/** What in a query would lead to another server or hold a password where nobody looks for one. */
const elsewhere = [
  "host",
  "hostaddr",
  "port",
  "service",
  "servicefile",
  "passfile",
  "password",
  "sslpassword",
  "user",
  "dbname",
];

/**
 * What may stand in a query: the options of libpq that lead nowhere else. Of any other its complaint repeats what
 * stands there.
 */
const options = [
  ...[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "fallback_application_name",
    "gssencmode",
  ],
  ...[
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "options",
    "require_auth",
  ],
  ...["sslcert", "sslcertmode", "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslnegotiation", "sslrootcert", "sslsni"],
  ...["ssl_max_protocol_version", "ssl_min_protocol_version", "target_session_attrs", "tcp_user_timeout"],
];

/**
 * Says what is wrong with the URL of a PostgreSQL, as libpq and SQLAlchemy read it. JavaScript's own reader knows other
 * rules: it takes a raw `%`, of which libpq's complaint repeats the password.
 * @returns undefined when all is well; else words that follow the name of the setting and never repeat the value.
 */
export function problemOfDatabaseUrl(url: string): string | undefined {
  const hidden = hiddenCharacter(url);
  if (hidden !== undefined) return `holds ${hidden}, which no URL has`;
  if (!url.includes("://")) return `is no URL; it must be one ${example}`;
  // As they are written here: libpq knows no capitals, and no driver's name.
  const rest = /^postgres(?:ql)?:\/\/(.*)$/su.exec(url)?.[1];
  if (rest === undefined) return `is no URL of a PostgreSQL; it must be one ${example}`;
  const at = rest.lastIndexOf("@");
  return problemOfCredentials(rest.slice(0, Math.max(at, 0))) ?? problemOfServer(rest.slice(at + 1));
}

/** At an end it is most often one that came along from a file or a clipboard. */
function hiddenCharacter(url: string): string | undefined {
  const [found] = /[\p{C}\p{Zl}\p{Zp}]/u.exec(url) ?? [];
  if (found === undefined) return url === url.trim() ? undefined : "a space at its beginning or end";
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\r\n]/.test(found) ? `a line break (${code})` : `a character that cannot be seen (${code})`;
}

/** @param credentials everything before the last `@`: what a person means, whatever is in it. */
function problemOfCredentials(credentials: string): string | undefined {
  const [user = "", ...more] = credentials.split(":");
  const raw = [user, more.join(":")].flatMap((part) => [...(part.match(special) ?? []), ...looseSigns(part)]);
  if (raw.length > 0) {
    const advice = [...new Set(raw)].map((character) => `${nameOf(character)} as ${encoded(character)}`);
    return `must write what is special in user and password, which is everything before the last @: ${advice.join(", ")}`;
  }
  return problemOfEncoding(credentials, "its user or password");
}

/** @param server host, port, database and query. */
function problemOfServer(server: string): string | undefined {
  const [, authority = "", rest = ""] = /^([^/?]*)(.*)$/su.exec(server) ?? [];
  const raw = [...(rest.match(/[#\s]/gu) ?? []), ...looseSigns(rest)];
  if (raw.length > 0) return `must write behind the host ${nameOf(raw[0] ?? "")} as ${encoded(raw[0] ?? "")}`;
  if (authority.includes(",")) return "names several hosts, and the backend is let out to one alone";
  if (/^%2f/iu.test(authority)) return "names a socket, and there is none of a database in the backend's pod";
  const [, host = "", port] = /^(\[.*\]|[^:]*)(?::(.*))?$/su.exec(authority) ?? [];
  if (port !== undefined && !isPort(port)) return "names a port that is no number from 1 to 65535";
  return (
    problemOfHost(host) ??
    problemOfQuery(/\?(.*)$/su.exec(rest)?.[1]) ??
    problemOfEncoding(rest, "what is behind its host")
  );
}

function problemOfQuery(query: string | undefined): string | undefined {
  const encoding = problemOfEncoding(query ?? "", "what is behind the ?");
  if (encoding !== undefined) return encoding;
  const keys: string[] = [];
  for (const option of query?.split("&") ?? []) {
    const [name = "", value, ...more] = option.split("=");
    // Whoever reads a URL decodes its names too.
    const key = decodeURIComponent(name);
    const known = elsewhere.find((each) => each === key.toLowerCase());
    if (known !== undefined)
      return `holds ${known} behind the ?; user, password, host, port and database stand before it`;
    if (value === undefined || more.length > 0)
      return "must write what is behind the ? as option=value, with & between, and a = in a value as %3D";
    if (!options.includes(key))
      return "holds an option behind the ? that a connection to PostgreSQL does not have here";
    if (keys.includes(key)) return `holds ${key} twice behind the ?`;
    keys.push(key);
  }
  return undefined;
}

/** Percent signs that do not begin the encoding of a byte. */
const looseSigns = (text: string): string[] => text.match(/%(?![0-9a-f]{2})/giu) ?? [];

function problemOfEncoding(text: string, what: string): string | undefined {
  if (text.includes("%00")) return `holds %00 in ${what}, which PostgreSQL does not take`;
  try {
    decodeURIComponent(text);
    return undefined;
  } catch {
    return `encodes in ${what} what is not UTF-8`;
  }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const nameOf = (character: string): string => (/\s/u.test(character) ? "a space" : character);

const encoded = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
