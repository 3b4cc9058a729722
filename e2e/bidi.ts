// What Playwright leaves out when it speaks WebDriver BiDi to a Firefox that is not its own: see docs/decisions/0042.

import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";

type Socket = EventEmitter & { send: (text: string) => void };
type Message = { id: number; type?: "success" | "error"; method?: string; params?: any; result?: any; message?: string };

const { ws } = createRequire(import.meta.url)("playwright-core/lib/utilsBundle") as { ws: { prototype: Socket } };

/** Sent at every start, about the colours of what is shown; this Firefox does not know it, and nothing here asks for it. */
const unknown = "emulation.setMediaFeaturesOverride";

let connection: Socket;
const send = ws.prototype.send;
ws.prototype.send = function (text) {
  const { id, method } = JSON.parse(text) as Message;
  if (method === "session.new") connection = this;
  if (method !== unknown) return send.call(this, text);
  setImmediate(() => this.emit("message", Buffer.from(JSON.stringify({ type: "success", id, result: {} })), false));
};

/** Firefox itself: its windows and what it asks there, its extensions and security keys. */
export class FirefoxItself {
  private last = 1e9; // far from Playwright's own numbers; it ignores answers to others
  private readonly socket = connection;

  constructor() {
    this.socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (!text.includes("moz-extension:")) return;
      const { method, params } = JSON.parse(text) as Message;
      // Firefox tells nothing of what happens in an extension's page before it was spoken to.
      if (method === "browsingContext.navigationCommitted" && params.url.startsWith("moz-extension:")) {
        this.send("script.evaluate", { expression: "0", target: { context: params.context }, awaitPromise: false }).catch(() => undefined); // gone again
      }
    });
  }

  /** A command of WebDriver BiDi. */
  async send<T>(method: string, params: object): Promise<T> {
    const id = ++this.last;
    const answered = new Promise<Message>((resolve) => {
      const listen = (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message;
        if (message.id !== id) return;
        this.socket.off("message", listen);
        resolve(message);
      };
      this.socket.on("message", listen);
    });
    this.socket.send(JSON.stringify({ id, method, params }));
    const { type, result, message } = await answered;
    if (type === "error") throw new Error(`${method}: ${message}`);
    return result as T;
  }

  /** Runs the body of an async function in the browser's first window, and returns what it returns. */
  async run<T>(body: string): Promise<T> {
    const { contexts } = await this.send<{ contexts: { context: string }[] }>("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
    const { result, exceptionDetails } = await this.send<{ result?: { value: string }; exceptionDetails?: { text: string } }>("script.evaluate", {
      expression: `(async () => { ${body} })().then((it) => JSON.stringify(it ?? null))`, target: { context: contexts[0]!.context }, awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return JSON.parse(result!.value) as T;
  }
}
