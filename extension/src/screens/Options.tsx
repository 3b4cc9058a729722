import { useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { say } from "../../../web/src/texts/say";
import { jarKinds } from "../launch/jars";
import { ask } from "../messages/ask";
import type { Refusal } from "../messages/protocol";
import { placePatterns } from "../microsoft/places";
import { pairing, type Pairing } from "../pairing/vault";
import { change, patternOf, portalOrigin, settings, type Sessions, type Settings } from "../settings";
import { neededPatterns, seesEnough } from "../sites";
import { of, texts } from "../texts";
import { Note } from "./parts";

/** The settings' page: pairing, how sessions are kept apart, the badge. */
export function Options() {
  const [mine, setMine] = useState<Pairing | null>();
  const [known, setKnown] = useState<Settings>();
  const load = async () => {
    setMine((await pairing()) ?? null);
    setKnown(await settings());
  };
  useEffect(() => void load(), []);
  if (mine === undefined || !known) return null;
  return (
    <div class="options">
      <h1>{texts.product}</h1>
      {mine ? <Paired mine={mine} changed={load} /> : <Pair known={known} changed={load} />}
      <SessionsChoice known={known} changed={load} />
      <BadgeChoice known={known} changed={load} />
    </div>
  );
}

type Props = { known: Settings; changed: () => Promise<void> };

function Pair({ known, changed }: Props) {
  const [address, setAddress] = useState(known.portal ?? "");
  const [name, setName] = useState(() => thisBrowser());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Refusal | null>(null);
  const managed = known.managed.includes("portal");

  const pair = async (event: Event) => {
    event.preventDefault();
    const portal = managed ? known.portal : portalOrigin(address);
    if (!portal) return setTrouble({ refused: "address", said: texts.portalWrong });
    setTrouble(null);
    // Asked for first: browsers show the question only in answer to a press.
    if (!(await browser.permissions.request({ origins: [patternOf(portal)] }))) return;
    setBusy(true);
    setTrouble(await ask("pair", { portal, name: name.trim() || thisBrowser() }));
    setBusy(false);
    await changed();
  };

  return (
    <form class="card" onSubmit={(e) => void pair(e)}>
      <Note kind="info" title={texts.unpaired}>{texts.unpairedHelp}</Note>
      {trouble && <Note kind="error">{trouble.said}</Note>}
      <label>{texts.portalAddress}
        <input type="url" required value={managed ? known.portal : address} disabled={managed} onInput={(e) => setAddress(e.currentTarget.value)} />
        <span class="dim">{managed ? texts.portalManaged : texts.portalHint}</span>
      </label>
      <label>{texts.browserName}<input type="text" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} /></label>
      <button class="primary" disabled={busy}>{busy ? texts.pairing : texts.pair}</button>
    </form>
  );
}

function Paired({ mine, changed }: { mine: Pairing; changed: () => Promise<void> }) {
  const [allowed, setAllowed] = useState(true);
  useEffect(() => void seesEnough(mine.portal).then(setAllowed), [mine]);
  const allow = () => browser.permissions.request({ origins: neededPatterns(mine.portal) }).then(setAllowed);
  return (
    <div class="card">
      {!allowed && <Note kind="warning" title={texts.notAllowed}>{texts.notAllowedHelp}<button onClick={() => void allow()}>{texts.allow}</button></Note>}
      <p>{say(texts.pairedAs, { portal: new URL(mine.portal).host, person: mine.person, browser: mine.browser })}</p>
      <button onClick={() => void ask("unpair", {}).then(changed)}>{texts.unpair}</button>
      <span class="dim">{texts.unpairHelp}</span>
    </div>
  );
}

function SessionsChoice({ known, changed }: Props) {
  const [has, setHas] = useState<Awaited<ReturnType<typeof jarKinds>>>();
  useEffect(() => void jarKinds().then(setHas), []);
  const managed = known.managed.includes("sessions");
  const ways: Sessions[] = ["auto", ...(has?.containers ? ["container" as const] : []), "private", "window"];
  return (
    <fieldset class="card" disabled={managed}>
      <legend>{texts.sessions}</legend>
      <p class="dim">{texts.sessionsHelp}</p>
      {ways.map((way) => (
        <label key={way} class="choice">
          <input type="radio" name="sessions" checked={known.sessions === way} onChange={() => void change({ sessions: way }).then(changed)} />{of("sessions_", way)}
        </label>
      ))}
      {has && !has.privateWindows && known.sessions !== "window" && !has.containers && <Note kind="warning">{texts.privateNotAllowed}</Note>}
      {managed && <span class="dim">{texts.managed}</span>}
    </fieldset>
  );
}

function BadgeChoice({ known, changed }: Props) {
  const managed = known.managed.includes("badge");
  const [allowed, setAllowed] = useState(true);
  useEffect(() => void browser.permissions.contains({ origins: [...placePatterns] }).then(setAllowed), [known]);
  const choose = async (on: boolean) => {
    if (on && !(await browser.permissions.request({ origins: [...placePatterns] }))) return changed();
    await change({ badge: on });
    await ask("sites", {});
    await changed();
  };
  return (
    <div class="card">
      <label class="choice"><input type="checkbox" disabled={managed && allowed} checked={known.badge && allowed} onChange={(e) => void choose(e.currentTarget.checked)} />{texts.badge}</label>
      <span class="dim">{managed ? texts.managed : texts.badgeHelp}</span>
    </div>
  );
}

/** What the person's list of paired browsers calls this one unless they say otherwise. */
function thisBrowser(): string {
  const agent = navigator.userAgent;
  const name = ["Edg", "Firefox", "Chrome"].find((one) => agent.includes(`${one}/`)) ?? texts.product;
  const system = ["Windows", "Mac OS X", "CrOS", "Linux"].find((one) => agent.includes(one)) ?? "";
  return [name === "Edg" ? "Edge" : name, system.replace("Mac OS X", "macOS").replace("CrOS", "ChromeOS")].filter(Boolean).join(", ");
}
