import { Check } from "lucide-react";
import type { KeyboardEvent } from "react";

interface Props {
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly tick: (checked: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** A tick box in the colours of the page. The label around it gives it a name. */
export function TickBox({ checked, disabled, tick, onKeyDown }: Props) {
  return (
    <span className="relative grid size-5 shrink-0">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          tick(event.target.checked);
        }}
        className="peer size-5 appearance-none rounded-md border border-field checked:border-accent checked:bg-accent"
      />
      <Check
        aria-hidden
        strokeWidth={3.5}
        className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-on-accent peer-checked:block"
      />
    </span>
  );
}
