import { Fragment } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  readonly titles: readonly string[];
  readonly waiting: boolean;
  readonly answer: (approve: boolean) => void;
}

/** Asks whether todos may be deleted. However many these are, the buttons stay in view. */
export function ChatQuestion({ titles, waiting, answer }: Props) {
  return (
    <div role="group" aria-label="Confirm" className="grid gap-3 rounded-xl bg-danger-tint p-4 text-sm">
      <div
        role="region"
        aria-label="What would be deleted"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys must be able to scroll it
        tabIndex={0}
        className="max-h-[min(15rem,30dvh)] overflow-y-auto break-words"
      >
        Delete{" "}
        {titles.map((title, index) => (
          <Fragment key={`${index} ${title}`}>
            {index > 0 && ", "}“<bdi>{title}</bdi>”
          </Fragment>
        ))}
        ?
      </div>
      <div className="flex gap-2">
        <Button
          look="danger"
          disabled={waiting}
          onClick={() => {
            answer(true);
          }}
        >
          Yes, delete
        </Button>
        <Button
          look="plain"
          disabled={waiting}
          onClick={() => {
            answer(false);
          }}
        >
          No, keep
        </Button>
      </div>
    </div>
  );
}
