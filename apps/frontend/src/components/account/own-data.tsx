"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { components } from "@/client/api/api-types";
import { ask, read } from "@/client/api/request";
import { todosKey } from "@/client/todos/todo";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

const address = "/api/backend/todos";
const feedKey = ["feed"] as const;
const formats = { json: "JSON", csv: "CSV", ics: "Calendar (ICS)" } as const;
type Format = keyof typeof formats;

type Imported = components["schemas"]["ImportResult"];

const box = "grid gap-5 rounded-2xl border border-line bg-surface p-5 sm:p-7";

/** Downloads all todos, and adds those of a file. */
export function OwnData() {
  const client = useQueryClient();
  const bring = useMutation({
    mutationFn: async (file: File) =>
      read<Imported>(ask("POST", `${address}/import`, { format: formatOf(file.name), content: await file.text() })),
    onSuccess: () => client.invalidateQueries({ queryKey: todosKey }),
  });
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
      <div className="grid gap-1.5">
        <label htmlFor="import" className="text-sm font-medium">
          Import a file
        </label>
        <input
          id="import"
          type="file"
          accept=".json,.csv,.ics"
          disabled={bring.isPending}
          className="text-sm file:me-3 file:min-h-11 file:rounded-xl file:border file:border-field file:bg-surface file:px-4"
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file !== undefined) bring.mutate(file);
            // The same file can be chosen again once it is repaired.
            target.value = "";
          }}
        />
      </div>
      {bring.isError && <Notice title="Nothing was imported">{bring.error.message}</Notice>}
      <div role="status" className="grid gap-2 text-sm empty:hidden">
        {bring.data && (
          <p className="font-medium text-accent">
            Added {bring.data.added}, {bring.data.skipped} were there already.
          </p>
        )}
        {bring.data !== undefined && bring.data.problems.length > 0 && (
          <ul className="list-disc ps-5 text-soft">
            {bring.data.problems.map(({ line, message }) => (
              <li key={`${line} ${message}`}>
                Line {line}: <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
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

function formatOf(name: string): Format {
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  return ending === "csv" || ending === "ics" ? ending : "json";
}
