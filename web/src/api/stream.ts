import { createParser } from "eventsource-parser";
import { sendOnce } from "./transport";

/** What the server sent: see streamGrants in the API's document. */
export type Told = { id: string; event: string; data: unknown };

/** How long a stream may say nothing, in ms. The server says something every second: a longer silence is a dead connection. */
export const silence = 5000;

/** What becomes of a stream, as it happens. */
export type Reader = { opened(): void; told(what: Told): void; heard(): void };

/**
 * Reads the live updates from the one after last until the server closes them in good order. Throws when there is no
 * stream to be had, when it breaks, or when it falls silent.
 */
export async function read(last: string, stop: AbortSignal, reader: Reader) {
  const quiet = new AbortController();
  const hangUp = () => quiet.abort();
  let timer = setTimeout(hangUp, silence);
  const headers: Record<string, string> = last ? { "Last-Event-ID": last } : {};
  window.addEventListener("offline", hangUp);
  try {
    const response = await sendOnce(new Request("/api/v1/events", { headers, cache: "no-store", signal: AbortSignal.any([stop, quiet.signal]) }));
    reader.opened();
    const parser = createParser({ onEvent: ({ id, event, data }) => reader.told({ id: id ?? "", event: event ?? "", data: JSON.parse(data) }) });
    const text = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(hangUp, silence);
      reader.heard();
      parser.feed(value);
    }
  } finally {
    clearTimeout(timer);
    window.removeEventListener("offline", hangUp);
  }
}
