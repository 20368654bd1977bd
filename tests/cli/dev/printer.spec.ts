import assert from "node:assert/strict";
import { WriteStream } from "node:tty";
import { printer } from "../../../cli/dev/printer.ts";

describe("npm run dev: its one stream", () => {
  const printed = (isTTY: boolean): string[] => {
    const lines: string[] = [];
    const write = (text: string): boolean => lines.push(text) > 0;
    const print = printer(
      Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY, write, getColorDepth: () => 8 }),
    );
    print("backend-x2x7k", "one  ");
    print("frontend-8f2kq", "two");
    print("backend-x2x7k", "three");
    return lines;
  };

  it("says of each line where it comes from, without colours where nobody watches", () => {
    assert.deepEqual(printed(false), ["backend-x2x7k  │ one\n", "frontend-8f2kq │ two\n", "backend-x2x7k  │ three\n"]);
  });

  it("gives each pod a colour of its own on a terminal", () => {
    const escape = String.fromCharCode(27);
    const [backend = "", frontend, again] = printed(true).map((line) => line.split(escape)[1]?.split("m")[0]);
    assert.match(backend, /^\[\d+$/);
    assert.notEqual(frontend, backend);
    assert.equal(again, backend);
  });
});
