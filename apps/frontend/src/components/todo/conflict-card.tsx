import { useEffect, useRef } from "react";
import { recurrenceText } from "@/client/todos/recurrence";
import { priorities, type Todo, type TodoFields } from "@/client/todos/todo";
import { Button } from "@/components/ui/button";

const labels = {
  title: "Title",
  notes: "Notes",
  done: "Done",
  due_date: "Due date",
  due_time: "Time",
  priority: "Priority",
  recurrence: "Repeats",
  tags: "Tags",
} as const;

type Field = keyof typeof labels;

interface Props {
  readonly conflict: {
    /** The todo as it was before. */
    readonly seen: Todo;
    readonly fields: TodoFields;
    /** The todo as it is now. */
    readonly theirs: Todo;
  };
  /** Called with whether to save what was typed here; the other side's change stays if not. */
  readonly decide: (mine: boolean) => void;
}

/**
 * Shows an edit that crossed with one made elsewhere, and lets the user decide. Nothing that was typed is lost before.
 */
export function ConflictCard({ conflict: { seen, fields, theirs }, decide }: Props) {
  const card = useRef<HTMLElement>(null);
  const mine: Todo = { ...seen, ...fields };
  const differing = (Object.keys(labels) as Field[]).filter((field) => shown(mine, field) !== shown(theirs, field));

  useEffect(() => {
    card.current?.focus();
  }, []);

  return (
    <section
      ref={card}
      tabIndex={-1}
      aria-label="Changed elsewhere"
      className="grid gap-4 rounded-2xl border border-danger bg-surface p-4 text-sm sm:p-5"
    >
      <div className="grid gap-1">
        <h2 className="font-semibold">
          “<bdi>{seen.title}</bdi>” was changed elsewhere while you edited it
        </h2>
        <p className="text-soft">Your change is not saved yet. Which one should stay?</p>
      </div>
      <div className="overflow-x-auto">
        <table className="w-full text-start">
          <thead className="text-soft">
            <tr>
              <td />
              <th scope="col" className="pe-4 pb-1 text-start font-medium">
                Yours
              </th>
              <th scope="col" className="pb-1 text-start font-medium">
                Theirs
              </th>
            </tr>
          </thead>
          <tbody className="align-top">
            {differing.map((field) => (
              <tr key={field} className="border-t border-line">
                <th scope="row" className="py-2 pe-4 text-start font-medium text-soft">
                  {labels[field]}
                </th>
                <td dir="auto" className={`py-2 pe-4 break-words ${field in fields ? "font-medium" : "text-soft"}`}>
                  {shown(mine, field)}
                </td>
                <td dir="auto" className="py-2 break-words">
                  {shown(theirs, field)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          onClick={() => {
            decide(true);
          }}
        >
          Save mine
        </Button>
        <Button
          look="plain"
          onClick={() => {
            decide(false);
          }}
        >
          Keep theirs
        </Button>
      </div>
    </section>
  );
}

function shown(todo: Todo, field: Field): string {
  if (field === "done") return todo.done ? "Yes" : "No";
  if (field === "priority") return priorities[todo.priority] ?? "";
  if (field === "recurrence") return recurrenceText(todo);
  if (field === "tags") return todo.tags.join(", ") || "None";
  return todo[field] ?? "None";
}
