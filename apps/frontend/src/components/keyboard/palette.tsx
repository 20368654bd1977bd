import { useQueryClient } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useLayoutEffect, useRef, useState } from "react";
import { useChange, useUndo, type Pages } from "@/client/changes/changes";
import { todosKey, type Todo } from "@/client/todos/todo";
import { addressOf, everything } from "@/client/todos/wanted";
import { Modal } from "@/components/ui/modal";

interface Props {
  /** What was typed before this was there. */
  readonly early: string;
  readonly close: () => void;
  readonly help: () => void;
}

const item =
  "flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-tint data-[selected=true]:text-accent";

/** All commands, and the todos that were loaded, found by parts of their names. */
export function Palette({ early, close, help }: Props) {
  const router = useRouter();
  const todos = useLoaded();
  const { last, undo } = useUndo(useChange());
  const [words, setWords] = useState(early);
  const field = useRef<HTMLInputElement>(null);

  // Whoever opens it wants to type. A dialog that opens gives the focus to the first thing in it that can have it,
  // which is another one.
  useLayoutEffect(() => {
    const input = field.current;
    input?.focus();
    input?.setSelectionRange(input.value.length, input.value.length);
  }, []);

  const open = (address: string) => () => {
    router.push(address);
  };
  const commands: readonly (readonly [name: string, act: () => void, keys?: string])[] = [
    ["New todo", focusOr("new-todo", open("/")), "n"],
    ["Search", focusOr("search", open("/")), "/"],
    ["Show all todos", open("/")],
    ["Show today", open(addressOf({ ...everything, view: "today" }))],
    ["Show upcoming", open(addressOf({ ...everything, view: "upcoming" }))],
    ["Show the trash", open("/trash")],
    ["Account, export and import", open("/account")],
    ...(last === undefined ? [] : [["Undo", undo, "Ctrl Z"] as const]),
    ["Keys", help, "?"],
  ];

  /** The focus goes where the command leads, after it has gone back to where it was. */
  function run(act: () => void) {
    close();
    setTimeout(act);
  }

  return (
    <Modal name="Commands" close={close}>
      <Command label="Commands" loop filter={hasWords}>
        <Command.Input
          ref={field}
          dir="auto"
          value={words}
          onValueChange={setWords}
          placeholder="Type a command, or a part of a title"
          className="min-h-12 w-full border-b border-line bg-transparent px-4 outline-none placeholder:text-soft"
        />
        <Command.List className="max-h-80 overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-center text-sm text-soft">Nothing found</Command.Empty>
          {commands.map(([name, act, keys]) => (
            <Command.Item
              key={name}
              value={name}
              keywords={[name]}
              className={item}
              onSelect={() => {
                run(act);
              }}
            >
              <span className="flex-1">{name}</span>
              {keys !== undefined && <kbd className="font-sans text-xs text-soft">{keys}</kbd>}
            </Command.Item>
          ))}
          {todos.map(({ id, title }) => (
            <Command.Item
              key={id}
              value={id}
              keywords={[title]}
              className={item}
              onSelect={() => {
                run(focusOr(`todo-${id}`, open(addressOf({ ...everything, words: title }))));
              }}
            >
              <span dir="auto" className="truncate">
                {title}
              </span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Modal>
  );
}

/**
 * Whether all words that are typed are parts of the name; case and accents do not matter. What stands for an item
 * inside does not count.
 */
function hasWords(_value: string, typed: string, names: string[] = []): number {
  const name = folded(names.join(" "));
  const words = folded(typed).split(/\s+/);
  return words.every((word) => name.includes(word)) ? 1 : 0;
}

function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Puts the focus on an element of the page, or does something else if it is not there. */
function focusOr(id: string, otherwise: () => void): () => void {
  return () => {
    const element = document.getElementById(id);
    if (element === null) otherwise();
    else element.focus();
  };
}

function useLoaded(): readonly Todo[] {
  const lists = useQueryClient().getQueriesData<Pages>({ queryKey: todosKey });
  const todos = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.todos) ?? []);
  return [...new Map(todos.map((todo) => [todo.id, todo])).values()];
}
