import { Problem } from "./problem";
import { sessionOver, signedInAgain } from "./session";
import { read, silence, type Told } from "./stream";

// All tabs of a browser share one stream: the tab that holds the lock reads it and passes on what it is told. When it is
// closed, the next one gets the lock and goes on from the last event; when it says nothing for too long, as one that the
// browser froze, another takes the lock from it. See docs/decisions/0036.

export type Connection = "connecting" | "live" | "lost";

/** A tab that follows the live updates. */
export type Tab = {
  told(what: Told): void;
  connected(state: Connection): void;
  /** The stream is there again after a gap. */
  again(): void;
  /** The person's roles admit no live updates any more. */
  refused(): void;
  /** What there is to know, for a tab that comes later. */
  soFar(): unknown;
};

type Word = { kind: "hello" } | { kind: "here" } | { kind: "again" } | { kind: "told"; what: Told } | { kind: "connection"; state: Connection };

const retryAfter = 1000; // ms
const givenUpAfter = 2 * silence; // ms

/** Follows the live updates until stop. Tabs that give the same name share them. */
export async function follow(name: string, stop: AbortSignal, tab: Tab) {
  let last = "";
  let state: Connection = "connecting";
  const take = (word: Word) => {
    if (word.kind === "again") tab.again();
    if (word.kind === "connection") tab.connected((state = word.state));
    if (word.kind === "told") {
      tab.told(word.what);
      last = word.what.id || last;
    }
  };

  const lead = async (ended: AbortSignal, pass: (word: Word) => void) => {
    const both = (word: Word) => { take(word); pass(word); };
    for (let gap = last !== ""; !ended.aborted; gap = true) {
      let opened = false;
      try {
        await read(last, ended, {
          opened() {
            opened = true;
            both({ kind: "connection", state: "live" });
            if (gap) both({ kind: "again" });
          },
          told: (what) => both({ kind: "told", what }),
          heard: () => pass({ kind: "here" }),
        });
      } catch (thrown) {
        if (ended.aborted) return;
        const kind = thrown instanceof Problem ? thrown.kind : "";
        if (kind === "sign-in-required") {
          await Promise.race([signedInAgain(), aborted(ended)]);
          continue;
        }
        if (kind === "role-required") tab.refused();
        else both({ kind: "connection", state: "lost" });
      }
      // Everybody comes back at once when the server restarts, but not in the same moment.
      await pause(opened ? Math.random() * 200 : retryAfter, ended);
    }
  };

  if (!("locks" in navigator)) return lead(stop, () => {});

  const channel = new BroadcastChannel(name);
  let leading = false;
  let steal = false;
  let waiting = new AbortController();
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(overdue);
    overdue = setTimeout(() => {
      if (leading) return;
      if (sessionOver()) return listen(); // nobody has anything to say until the person is back
      steal = true;
      waiting.abort();
    }, givenUpAfter);
  };
  channel.onmessage = ({ data: word }: MessageEvent<Word>) => {
    if (word.kind === "hello") {
      if (!leading) return;
      channel.postMessage({ kind: "connection", state } satisfies Word);
      const data = tab.soFar();
      if (data) channel.postMessage({ kind: "told", what: { id: last, event: "snapshot", data } } satisfies Word);
    } else if (!leading) {
      listen();
      take(word);
    }
  };
  channel.postMessage({ kind: "hello" } satisfies Word);
  listen();

  while (!stop.aborted) {
    waiting = new AbortController();
    const robbed = new AbortController();
    const options: LockOptions = steal ? { steal } : { signal: AbortSignal.any([stop, waiting.signal]) };
    steal = false;
    await navigator.locks.request(name, options, async () => {
      leading = true;
      await lead(AbortSignal.any([stop, robbed.signal]), (word) => channel.postMessage(word));
    }).catch(() => {}); // another tab has it now, or this one is not to wait any more
    robbed.abort();
    leading = false;
    listen();
  }
  clearTimeout(overdue);
  channel.close();
}

const aborted = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", go);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    stop.addEventListener("abort", go);
    window.addEventListener("online", go);
  });
}
