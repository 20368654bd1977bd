import { execa } from "execa";

/** Every form in which a secret may stand in a text, by the name of the form. */
export function formsOf(secret: string): Record<string, string> {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const base64 = [0, 1, 2].map((before) => base64At(secret, before));
  return {
    "as it is": secret,
    "in JSON": json,
    "in JSON as Go writes it": json.replace(/[&<>]/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`),
    "in JSON in JSON": JSON.stringify(json).slice(1, -1),
    "in a URL": url,
    "in a URL, with small letters": url.replace(/%../g, (found) => found.toLowerCase()),
    "in a form": url.replaceAll("%20", "+"),
    "in hexadecimal": Buffer.from(secret).toString("hex"),
    ...Object.fromEntries(base64.map((text, before) => [`in base64, ${before} bytes behind a boundary`, text])),
    ...Object.fromEntries(
      base64.map((text, before) => [`in base64 of URLs, ${before} bytes behind a boundary`, inUrl(text)]),
    ),
  };
}

/** What base64 makes of a secret alone, whatever stands before and behind it: three bytes become four letters. */
function base64At(secret: string, before: number): string {
  const bytes = Buffer.from(secret);
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

const inUrl = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_");

const patternsOf = (secrets: string[]): string[] => [
  ...new Set(secrets.flatMap((secret) => Object.values(formsOf(secret)))),
];

/** The places whose text holds a secret, in any form. */
export function placesWith(secrets: string[], places: Record<string, string>): string[] {
  const patterns = patternsOf(secrets);
  return Object.keys(places).filter((place) => patterns.some((pattern) => places[place]?.includes(pattern)));
}

/**
 * The paths of the files in folders, hidden ones too, that hold a secret in any form. Links are not followed.
 * @param except names of folders that are left out wherever they are.
 */
export async function filesWith(secrets: string[], folders: string[], except: string[] = []): Promise<string[]> {
  const leftOut = except.map((name) => `--exclude-dir=${name}`);
  const options = ["-r", "-l", "-a", "-F", "-D", "skip", ...leftOut, "-f", "-"];
  // The patterns come by standard input, since others can read the arguments of processes.
  const { exitCode, stdout, stderr } = await execa("grep", [...options, ...folders], {
    input: patternsOf(secrets).join("\n"),
    env: { LC_ALL: "C" },
    reject: false,
  });
  const troubles = stderr.split("\n").filter((line) => line !== "" && !/No such file or directory/.test(line));
  if (exitCode === undefined || troubles.length > 0) throw new Error(`the search did not work: ${stderr}`);
  return stdout.split("\n").filter(Boolean);
}
