import { X } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { Modal } from "@/components/ui/modal";

const keys = [
  ["n", "Write a new todo"],
  ["/", "Search"],
  ["↑ ↓", "Go to the todo above or below; Home and End to the first or last"],
  ["Space", "Tick the todo off, or on again"],
  ["e", "Edit the todo"],
  ["Delete", "Delete the todo"],
  ["Enter", "Save what you edit"],
  ["Esc", "Leave a form, a selection or the assistant"],
  ["Ctrl Z", "Undo, up to ten times"],
  ["Ctrl K", "All commands, and todos by their titles"],
  ["?", "This help"],
] as const;

/** The keys that the pages know. */
export function KeyHelp({ close }: { readonly close: () => void }) {
  return (
    <Modal name="Keys" close={close}>
      <div className="grid gap-3 p-5">
        <div className="flex items-center justify-between">
          <h2 className="text-lg font-semibold">Keys</h2>
          <IconButton name="Close" onClick={close}>
            <X aria-hidden className="size-5" />
          </IconButton>
        </div>
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
          {keys.map(([key, what]) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="rounded-md border border-line bg-page px-1.5 py-0.5 font-sans">{key}</kbd>
              </dt>
              <dd className="text-soft">{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Modal>
  );
}
