import { expect, test } from "vitest";
import { senders } from "./protocol";
import { partyOf, type Sender } from "./sender";

const self = { id: "ours", home: "chrome-extension://ours/", portal: "https://hourglass.example.com" };
const page = (url: string, more: Partial<Sender> = {}): Sender => ({ id: "ours", url, frameId: 0, tab: { id: 7 }, documentLifecycle: "active", ...more });

test.each<[string, Sender, string]>([
  ["the sign-in page", page("https://login.microsoftonline.com/common/login"), "sign-in"],
  ["the portal", page("https://hourglass.example.com/"), "portal"],
  ["an admin site", page("https://entra.microsoft.com/t"), "place"],
  ["the popup, which is in no tab", { id: "ours", url: "chrome-extension://ours/popup.html" }, "own"],
  ["the settings in a tab", page("chrome-extension://ours/options.html"), "own"],
  ["the sign-in page inside of another page", page("https://login.microsoftonline.com/common/login", { frameId: 3 }), "framed"],
  ["a page that is being prepared", page("https://login.microsoftonline.com/common/login", { documentLifecycle: "prerender" }), "away"],
  ["a page that is going", page("https://entra.microsoft.com/t", { documentLifecycle: "pending_deletion" }), "away"],
  ["a browser that tells no life cycle", page("https://entra.microsoft.com/t", { documentLifecycle: undefined }), "place"],
])("%s is known", (_, sender, party) => expect(partyOf(sender, self)).toBe(party));

test.each<[string, Sender]>([
  ["another extension", page("chrome-extension://ours/popup.html", { id: "theirs" })],
  ["another extension's page", page("chrome-extension://theirs/popup.html")],
  ["a frame of the portal", page("https://hourglass.example.com/", { frameId: 3 })],
  ["a frame of an admin site", page("https://entra.microsoft.com/t", { frameId: 3 })],
  ["a page in no tab", page("https://login.microsoftonline.com/common/login", { tab: undefined })],
  ["a look-alike of the portal", page("https://hourglass.example.com.evil.example/")],
  ["the portal's host on another port", page("https://hourglass.example.com:8443/")],
  ["somebody without an address", page("")],
])("%s is nobody", (_, sender) => expect(partyOf(sender, self)).toBeUndefined());

test("without a pairing there is no portal", () => {
  expect(partyOf(page("https://hourglass.example.com/"), { ...self, portal: undefined })).toBeUndefined();
});

test("a credential is asked for by the sign-in page alone", () => {
  expect(senders.fill).toEqual(["sign-in"]);
  expect(Object.entries(senders).filter(([, from]) => (from as readonly string[]).includes("portal")).map(([kind]) => kind)).toEqual(["hello", "launch"]);
});
