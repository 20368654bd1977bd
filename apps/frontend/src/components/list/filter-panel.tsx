import type { Choose } from "@/client/todos/use-wanted";
import { dues, everything, filtersSet, priorityChoices, sorts, type Wanted } from "@/client/todos/wanted";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";

interface Props {
  readonly wanted: Wanted;
  readonly choose: Choose;
  readonly tags: readonly string[];
}

/** Choices of tag, priority, due date and order. A tag that is chosen can be seen even if no shown todo has it. */
export function FilterPanel({ wanted, choose, tags }: Props) {
  const known = wanted.tag === "" || tags.includes(wanted.tag) ? tags : [wanted.tag, ...tags];
  const choice = <N extends "tag" | "priority" | "due" | "sort">(name: N) => ({
    value: wanted[name],
    onChange: (event: { target: HTMLSelectElement }) => {
      choose({ [name]: event.target.value });
    },
  });
  return (
    <div role="group" aria-label="Filters" className="grid gap-3 rounded-2xl border border-line bg-surface p-4">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-[repeat(3,minmax(0,1fr))_auto]">
        <Select label="Tag" options={[["", "Any"], ...known.map((tag) => [tag, tag] as const)]} {...choice("tag")} />
        <Select label="Priority" options={Object.entries(priorityChoices)} {...choice("priority")} />
        <Select label="Due" options={Object.entries(dues)} {...choice("due")} />
        <Select label="Sort by" options={Object.entries(sorts)} {...choice("sort")} />
      </div>
      {filtersSet(wanted) > 0 && (
        <Button
          look="quiet"
          className="-mx-4 -my-2 justify-self-start text-sm"
          onClick={() => {
            choose({ tag: everything.tag, priority: everything.priority, due: everything.due });
          }}
        >
          Clear filters
        </Button>
      )}
    </div>
  );
}
