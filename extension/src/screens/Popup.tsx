import { useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { say } from "../../../web/src/texts/say";
import { ask } from "../messages/ask";
import type { Refusal } from "../messages/protocol";
import type { Place } from "../microsoft/places";
import { pairing, type Pairing } from "../pairing/vault";
import type { Customer, Grant } from "../portal/grants";
import { settings } from "../settings";
import { texts } from "../texts";
import { GrantCard } from "./GrantCard";
import { Mark, Note, useMemory, useNow } from "./parts";

/** How often the portal is asked again while it cannot be reached, in ms. */
const askAgain = 5000;

/** Once, when it appears: what is refreshed later must not take the focus from where somebody went. */
const takeFocus = (element: HTMLElement | null) => element?.focus();

/** The button's own page: what is live, and where one can ask. */
export function Popup() {
  const [mine, setMine] = useState<Pairing | null>();
  const [place, setPlace] = useState<Place>("entra");
  const [trouble, setTrouble] = useState<Refusal | null>(null);
  const [unreached, setUnreached] = useState(false);
  const [find, setFind] = useState("");
  const seen = useMemory("seen"), launches = useMemory("launches");
  const now = useNow(seen?.ahead ?? 0);

  const refresh = () => ask("refresh", {}).then(async (refusal) => {
    setUnreached(refusal?.refused === "unreachable");
    if (refusal?.refused !== "unreachable") setTrouble(refusal);
    setMine((await pairing()) ?? null);
  });
  const lost = unreached || seen?.lost === true;
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => void refresh(), askAgain);
    return () => clearInterval(timer);
  }, [lost]);
  useEffect(() => {
    void pairing().then((known) => { setMine(known ?? null); if (known) void refresh(); });
    void settings().then((known) => setPlace(known.place));
  }, []);

  if (mine === undefined || (mine && seen === undefined)) return null;
  if (mine === null) return <Unpaired why={trouble?.refused === "unpaired" ? texts.unpairedWhy : undefined} />;

  const wanted = find.trim().toLowerCase();
  const fits = (...names: string[]) => names.some((name) => name.toLowerCase().includes(wanted));
  const grants = (seen?.grants ?? []).filter((g) => g.state !== "ended" && fits(g.customer.name, g.profile.name)).sort(byUrgency);
  const customers = (seen?.customers ?? []).filter((c) => !c.live_grant_id && fits(c.name)).sort(byUse).slice(0, wanted ? 8 : 4);

  return (
    <div class="popup" onKeyDown={moveFocus}>
      <header>
        <input ref={takeFocus} type="search" class="search" aria-label={texts.search} placeholder={texts.find} value={find} onInput={(e) => setFind(e.currentTarget.value)} />
        <button class="plain" onClick={() => void openTab(mine.portal)}>{texts.portal}</button>
      </header>
      {lost && <Note kind="warning" title={texts.lost}>{texts.lostHelp}<button onClick={() => void refresh()}>{texts.tryAgain}</button></Note>}
      {trouble && <Note kind="error">{trouble.said}</Note>}
      <section aria-label={texts.live}>
        <h2>{texts.live}</h2>
        {seen && grants.length === 0 && !wanted && <Note kind="info" title={texts.nobody}>{seen.customers.length ? texts.nobodyHelp : texts.nobodyAtAll}</Note>}
        <ul>
          {grants.map((grant) => (
            <GrantCard key={grant.id} grant={grant} now={now} place={place} setPlace={setPlace} tell={setTrouble}
              stop={Object.values(launches ?? {}).find((launch) => launch.grant === grant.id && launch.stopped)?.stopped} />
          ))}
        </ul>
      </section>
      {customers.length > 0 && (
        <section aria-label={texts.customers}>
          <h2>{texts.customers}</h2>
          <ul class="customers">
            {customers.map((customer) => (
              <li key={customer.id}>
                <Mark customer={customer} />
                <span class="name"><bdi>{customer.name}</bdi>{!customer.available && <span class="dim"> {texts.unavailable}</span>}</span>
                <button disabled={!customer.available} aria-label={say(texts.requestAt, { customer: customer.name })}
                  onClick={() => void openTab(`${mine.portal}/?request=${customer.id}`)}>{texts.request}</button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {wanted && !grants.length && !customers.length && <Note kind="info">{say(texts.nothingFits, { what: find.trim() })}</Note>}
      <footer><button class="plain" onClick={() => void browser.runtime.openOptionsPage()}>{texts.settings}</button></footer>
    </div>
  );
}

function Unpaired({ why }: { why?: string }) {
  return (
    <div class="popup">
      <h1>{texts.product}</h1>
      <Note kind={why ? "warning" : "info"} title={texts.unpaired}>{why ?? texts.unpairedHelp}</Note>
      <button class="primary" autofocus onClick={() => void browser.runtime.openOptionsPage().then(() => window.close())}>{texts.pair}</button>
    </div>
  );
}

async function openTab(url: string) {
  await browser.tabs.create({ url });
  window.close();
}

const states: readonly Grant["state"][] = ["active", "provisioning", "requested", "awaiting_approval", "ending"];

// The one that ends first comes first.
function byUrgency(a: Grant, b: Grant): number {
  return states.indexOf(a.state) - states.indexOf(b.state) || (a.expires_at ?? "").localeCompare(b.expires_at ?? "");
}

const byUse = (a: Customer, b: Customer) => (b.last_requested_at ?? "").localeCompare(a.last_requested_at ?? "") || a.name.localeCompare(b.name);

/** The arrows go from one thing that can be pressed to the next, Enter in the search presses the first. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".search, li button:not(:disabled)")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    rows[(at + step + rows.length) % rows.length]?.focus();
  } else if (event.key === "Enter" && at === 0) rows[1]?.click();
}
