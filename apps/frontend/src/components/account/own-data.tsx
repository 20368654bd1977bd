"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { components } from "@/client/api/api-types";
import { ask, read } from "@/client/api/request";
import { formats } from "@/client/transfer/parts";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ImportTodos } from "./import-todos";

const address = "/api/backend/todos";
const feedKey = ["feed"] as const;

const box = "grid gap-5 rounded-2xl border border-line bg-surface p-5 sm:p-7";

/** Downloads all todos, and adds those of a file. */
export function OwnData() {
  return (
    <section aria-labelledby="own-data" className={box}>
      <div className="grid gap-1">
        <h2 id="own-data" className="text-lg font-semibold">
          Export and import
        </h2>
        <p className="text-sm text-soft">Your todos as a file. An import adds what is not there yet.</p>
      </div>
      <div className="flex flex-wrap gap-2">
        {Object.entries(formats).map(([format, name]) => (
          <a
            key={format}
            href={`${address}/export?format=${format}`}
            download={`todos.${format}`}
            className="inline-flex min-h-11 items-center rounded-xl border border-field px-4 font-medium hover:bg-tint"
          >
            Export as {name}
          </a>
        ))}
      </div>
      <ImportTodos />
      <Feed />
    </section>
  );
}

/** A secret address at which a calendar finds the todos that are due. It is shown once. */
function Feed() {
  const client = useQueryClient();
  const [path, setPath] = useState("");
  const feed = useQuery({
    queryKey: feedKey,
    queryFn: () => read<components["schemas"]["FeedOut"]>(ask("GET", `${address}/feed`)),
    staleTime: 0,
  });
  const change = useMutation({
    mutationFn: async (make: boolean) => {
      if (make) return (await read<{ path: string }>(ask("POST", `${address}/feed`))).path;
      await ask("DELETE", `${address}/feed`);
      return "";
    },
    onSuccess: setPath,
    onSettled: () => client.invalidateQueries({ queryKey: feedKey }),
  });
  const active = feed.data?.active === true;
  const error = change.error ?? feed.error;
  return (
    <div className="grid gap-3 border-t border-line pt-5">
      <h3 className="font-medium">Calendar</h3>
      <p className="text-sm text-soft">
        A calendar can follow your todos at a secret address. Whoever knows the address can read them. It is shown only
        once; a new one ends the one before.
      </p>
      {error && <Notice>{error.message}</Notice>}
      {path !== "" && (
        <input
          readOnly
          dir="ltr"
          aria-label="Address for your calendar"
          value={`${window.location.origin}${path}`}
          onFocus={({ target }) => {
            target.select();
          }}
          className="min-h-11 w-full rounded-xl border border-field bg-surface px-3.5 text-sm"
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          look="plain"
          disabled={change.isPending}
          onClick={() => {
            change.mutate(true);
          }}
        >
          {active ? "Make a new address" : "Make an address"}
        </Button>
        {active && (
          <Button
            look="danger"
            disabled={change.isPending}
            onClick={() => {
              change.mutate(false);
            }}
          >
            End the address
          </Button>
        )}
      </div>
    </div>
  );
}
