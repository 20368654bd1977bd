/** The kinds of files that todos are exported to and imported from. */
export const formats = { json: "JSON", csv: "CSV", ics: "Calendar (ICS)" } as const;

/** One of these kinds. */
export type Format = keyof typeof formats;

/** A file by itself, with some of the todos of a larger one. */
export interface Part {
  readonly content: string;
  /** By how much its lines are counted too low: that many are before it in the larger file. */
  readonly before: number;
}

/** What a file is made of: between `head` and `tail` the todos, of which each has an id and takes some `lines`. */
interface Pieces {
  readonly head: string;
  readonly todos: readonly { readonly text: string; readonly lines: number }[];
  readonly between: string;
  readonly tail: string;
}

/**
 * The parts of a file of todos, each of so many bytes in a request at most. The file is left whole where a todo has no
 * id: equal ones are told apart only inside of one file, and would be taken for the same in two.
 */
export function partsOf(content: string, format: Format, mostBytes: number): Part[] {
  const pieces = piecesOf[format](content);
  if (pieces === undefined || pieces.todos.length === 0) return [{ content, before: 0 }];
  const { head, todos, between, tail } = pieces;
  const parts: Part[] = [];
  const room = mostBytes - bytesOf(head) - bytesOf(tail);
  let texts: string[] = [];
  let used = 0;
  let before = 0;
  let passed = 0;
  for (const { text, lines } of todos) {
    const bytes = bytesOf(between) + bytesOf(text);
    if (texts.length > 0 && used + bytes > room) {
      parts.push({ content: head + texts.join(between) + tail, before });
      texts = [];
      used = 0;
      before = passed;
    }
    texts.push(text);
    used += bytes;
    passed += lines;
  }
  return [...parts, { content: head + texts.join(between) + tail, before }];
}

/** How much room a text takes in a request, which is JSON. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}

const piecesOf: Record<Format, (content: string) => Pieces | undefined> = {
  json: (content) => {
    const todos = todosIn(content);
    if (todos?.every(hasId) !== true) return undefined;
    const texts = todos.map((todo) => ({ text: JSON.stringify(todo), lines: 1 }));
    return { head: "[", todos: texts, between: ",", tail: "]" };
  },

  csv: (content) => {
    const [head, ...todos] = rowsOf(content);
    // Only where the ids come first, as they are exported, is it plain that each has one.
    if (!head || !/^id,/i.test(head.text) || !todos.every(({ text }) => /^"?[\w-]/.test(text))) return undefined;
    return { head: head.text, todos, between: "", tail: "" };
  },

  ics: (content) => {
    const component = /^BEGIN:(VTODO|VEVENT)\r?\n[^]*?^END:\1(?:\r?\n|$)/gm;
    const texts = content.match(component) ?? [];
    if (!texts.every((text) => /^UID:./m.test(text))) return undefined;
    // Time zones may stand before the todos or after them.
    const rest = content.replace(component, "");
    const end = rest.lastIndexOf("END:VCALENDAR");
    if (end < 0) return undefined;
    const todos = texts.map((text) => ({ text, lines: 1 }));
    return { head: rest.slice(0, end), todos, between: "", tail: rest.slice(end) };
  },
};

function todosIn(content: string): unknown[] | undefined {
  try {
    const file: unknown = JSON.parse(content);
    const todos = typeof file === "object" && file !== null && "todos" in file ? file.todos : file;
    return Array.isArray(todos) ? todos : undefined;
  } catch {
    return undefined;
  }
}

function hasId(todo: unknown): boolean {
  return typeof todo === "object" && todo !== null && "id" in todo && typeof todo.id === "string" && todo.id !== "";
}

/** The rows of a CSV file. A cell in quotes may have lines of its own. */
function rowsOf(content: string): { text: string; lines: number }[] {
  const rows: { text: string; lines: number }[] = [];
  let row = { text: "", lines: 0 };
  let quoted = false;
  for (const line of content.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? []) {
    row = { text: row.text + line, lines: row.lines + 1 };
    // A quote inside of a cell is written as two.
    if (line.split('"').length % 2 === 0) quoted = !quoted;
    if (quoted) continue;
    rows.push(row);
    row = { text: "", lines: 0 };
  }
  return row.text === "" ? rows : [...rows, row];
}
