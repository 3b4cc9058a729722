// What one tab tells the others of the same browser.
type Word = "signed-in" | "signed-out" | "session-over";

const channel = new BroadcastChannel("hourglass");

export const tabs = {
  tell: (word: Word) => channel.postMessage(word),
  /** Calls back until the function that it returns is called. */
  on(word: Word, then: () => void): () => void {
    const listen = ({ data }: MessageEvent) => { if (data === word) then(); };
    channel.addEventListener("message", listen);
    return () => channel.removeEventListener("message", listen);
  },
};
