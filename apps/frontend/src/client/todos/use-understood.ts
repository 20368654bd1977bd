import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { parse, type QuickText, type Understood } from "./quick-add";

const pauseMs = 150;
const keyOf = ({ text, keep }: QuickText) => ["understood", text, keep] as const;

/** What the server understands of what is typed, once the typing pauses; and what is known of a text at once. */
export function useUnderstood(quick: QuickText) {
  const client = useQueryClient();
  const [asked, ask] = useState(quick);

  useEffect(() => {
    const timer = setTimeout(ask, pauseMs, quick);
    return () => {
      clearTimeout(timer);
    };
  }, [quick]);

  const { data } = useQuery({
    queryKey: keyOf(asked),
    queryFn: ({ signal }) => parse(asked, signal),
    enabled: asked.text !== "",
    staleTime: Infinity,
    // On the server nothing is asked, and a timer would hold all of the page for as long.
    gcTime: typeof window === "undefined" ? Infinity : 60_000,
    retry: false,
  });
  return {
    /** Of the text as it is now; undefined until the server has answered. */
    understood: asked.text === quick.text && quick.text !== "" ? data : undefined,
    known: (text: QuickText) => client.getQueryData<Understood>(keyOf(text)),
  };
}
