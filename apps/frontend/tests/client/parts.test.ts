import { describe, expect, test } from "vitest";
import { bytesOf, partsOf, type Format } from "@/client/transfer/parts";

const id = (number: number) => `7a1c0c2e-6f0f-4c2d-9c5b-${String(number).padStart(12, "0")}`;
const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
const most = 1000;

/** As the backend writes them; every third CSV row has a cell of two lines. */
const files: Record<Format, string> = {
  json: `{"version": 1, "todos": [\n${numbers.map((n) => `{"id":"${id(n)}","title":"Über \\"${n}\\""}`).join(",\n")}\n]}\n`,
  csv: `id,title,notes\r\n${numbers.map((n) => `${id(n)},"Say ""${n}""",${n % 3 === 0 ? '"one,\ntwo"' : ""}\r\n`).join("")}`,
  ics: `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${numbers
    .map((n) => `BEGIN:VTODO\r\nSUMMARY:END:VTODO ${n}\r\nUID:${id(n)}\r\nEND:VTODO\r\n`)
    .join("")}BEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n`,
};
const idsIn = (text: string) => text.match(/7a1c0c2e-[-\w]+/g) ?? [];

describe.each(Object.keys(files) as Format[])("a large file of %s", (format) => {
  const parts = partsOf(files[format], format, most);

  test("is cut into files that fit into a request, with each todo once", () => {
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.flatMap(({ content }) => idsIn(content))).toEqual(numbers.map(id));
    for (const { content } of parts) expect(bytesOf(content)).toBeLessThanOrEqual(most);
  });

  test("stays whole where a todo has no id, or it cannot be read", () => {
    const without = files[format].replaceAll(id(7), "");
    expect(partsOf(without, format, most)).toEqual([{ content: without, before: 0 }]);
    expect(partsOf("{", format, most)).toEqual([{ content: "{", before: 0 }]);
  });
});

test("each part is a file of its kind", () => {
  for (const { content } of partsOf(files.json, "json", most)) expect(JSON.parse(content)).toBeInstanceOf(Array);
  for (const { content } of partsOf(files.csv, "csv", most)) expect(content).toMatch(/^id,title,notes\r\n[^]*\r\n$/);
  for (const { content } of partsOf(files.ics, "ics", most)) {
    expect(content).toMatch(/^BEGIN:VCALENDAR\r\nVERSION[^]*BEGIN:VTIMEZONE[^]*END:VCALENDAR\r\n$/);
  }
});

test("lines of a part are counted in the whole file", () => {
  const lines = files.csv.split("\r\n").join("\n").split("\n");
  const [, second] = partsOf(files.csv, "csv", most);
  // The first todo of a part is in the line after its head.
  const [first] = idsIn(second?.content ?? "");
  expect(lines[(second?.before ?? 0) + 2 - 1]).toContain(first);
  const [, third] = partsOf(files.json, "json", most);
  expect(id((third?.before ?? 0) + 1)).toBe(idsIn(third?.content ?? "")[0]);
});
